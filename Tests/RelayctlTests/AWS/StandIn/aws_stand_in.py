"""AWS on loopback for the tests of relayctl: moto, and what moto leaves out.

    aws_stand_in.py             prints 'PORT n', then serves until its standard input ends

- Every signature is recomputed with botocore's signer, from the request as it was received.
- The policy that is set is enforced: an action on an ARN that no statement allows is answered 403.
- Lambda is busy for a while after each change, and answers a change meanwhile with 409.
- Faults are played at chosen calls: an error, a dropped connection, an answer that never comes.

GET /stand-in holds what was called and what there is now; POST /stand-in sets
{"reset": true, "policy": {...} or null, "faults": {"3": "500"}, "busy": 0.2,
"answers": {"lambda:GetPolicy": {"skip": 1, "times": 2, "status": 404, "headers": {...}, "body": "..."}},
"failure": "why the last update failed", "narrows": true to narrow each permission}, and what somebody else may have left:
{"runtime": "python3.9", "variables": {...}, "apis": ["name"], "log": ["record", ...]}. "saves" keeps what there is then,
"restores" goes back to it.
"""
import copy
import fnmatch
import hashlib
import hmac
import io
import json
import re
import socket
import sys
import threading
import time
import urllib.parse
import urllib.request

import moto.moto_server.threaded_moto_server as threaded
import werkzeug.serving
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.apigateway.models import RestAPI
from moto.awslambda.models import LambdaStorage
from moto.backends import get_backend

ACCOUNT, REGION = '123456789012', 'us-east-1'
KEYS = {'AKIDPLAIN': 'plain/Secret+Key', 'AKIDTOKEN': 'another/Secret+Key'}
ROLE = 'tr-serverless-relay-ZappaLambdaExecutionRole'

calls, faults, answers, failure = [], {}, {}, None
policy, busy_for, busy_until = None, 0, 0
saved = {}
released = threading.Event()


class Answer(Exception):
    def __init__(self, status, code, message):
        self.status, self.code, self.message = status, code, message


def signature_is_right(environ, body):
    m = re.match(r'AWS4-HMAC-SHA256 Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)',
                 environ.get('HTTP_AUTHORIZATION', ''))
    if not m or m.group(1) not in KEYS:
        raise Answer(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.')
    key, region, service, names, signature = m.groups()
    given = {'content-type': environ.get('CONTENT_TYPE', '')}
    given.update({k[5:].replace('_', '-').lower(): v for k, v in environ.items() if k.startswith('HTTP_')})
    headers = {name: given[name] for name in names.split(';')}
    url = 'http://' + environ['HTTP_HOST'] + environ['RAW_URI']
    request = AWSRequest(environ['REQUEST_METHOD'], url, headers=headers, data=body)
    request.context['timestamp'] = headers['x-amz-date']
    # The signer believes the header, AWS recomputes it.
    if headers.get('x-amz-content-sha256', hashlib.sha256(body).hexdigest()) != hashlib.sha256(body).hexdigest():
        raise Answer(400, 'XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.")
    signer = SigV4Auth(Credentials(key, KEYS[key], given.get('x-amz-security-token')), service, region)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    if not hmac.compare_digest(signer.signature(text, request), signature):
        raise Answer(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match.')
    if key == 'AKIDTOKEN' and 'x-amz-security-token' not in headers:
        raise Answer(403, 'InvalidClientTokenId', 'The session token is not there or not signed.')
    return service


def actions(service, environ, body):
    """What the call asks of IAM: actions and the ARNs they are asked on."""
    method, path = environ['REQUEST_METHOD'], environ['PATH_INFO']
    if service == 'sts':
        return []
    if service == 'iam':
        form = urllib.parse.parse_qs(body.decode())
        return [('iam:' + form['Action'][0], 'arn:aws:iam::%s:role/%s' % (ACCOUNT, form['RoleName'][0]))]
    if service == 'logs':
        action = environ['HTTP_X_AMZ_TARGET'].split('.')[1]
        if action == 'DescribeLogGroups':
            return [('logs:' + action, 'arn:aws:logs:%s:%s:log-group::log-stream:' % (REGION, ACCOUNT))]
        return [('logs:' + action, 'arn:aws:logs:%s:%s:log-group:%s' % (REGION, ACCOUNT, json.loads(body)['logGroupName']))]
    if service == 'apigateway':
        return [('apigateway:' + method, 'arn:aws:apigateway:%s::%s' % (REGION, path))]
    tail = re.sub(r'^/2015-03-31/functions(/[^/]+)?', '', path)
    name = {('POST', ''): 'CreateFunction', ('DELETE', ''): 'DeleteFunction', ('GET', ''): 'GetFunction',
            ('GET', '/configuration'): 'GetFunctionConfiguration', ('PUT', '/configuration'): 'UpdateFunctionConfiguration',
            ('PUT', '/code'): 'UpdateFunctionCode', ('GET', '/versions'): 'ListVersionsByFunction',
            ('GET', '/policy'): 'GetPolicy', ('POST', '/policy'): 'AddPermission'}[method, tail]
    sent = json.loads(body) if body else {}
    function = sent.get('FunctionName') or path.split('/')[3]
    arn = 'arn:aws:lambda:%s:%s:function:%s' % (REGION, ACCOUNT, function)
    asked = [('lambda:' + name, arn)]
    if sent.get('Tags'):
        asked.append(('lambda:TagResource', arn))
    if sent.get('Role'):
        asked.append(('iam:PassRole', sent['Role']))
    return asked


def is_allowed(action, arn):
    def covers(statement):
        listed = lambda key: [statement[key]] if isinstance(statement[key], str) else statement[key]
        return any(fnmatch.fnmatchcase(action, a) for a in listed('Action')) and any(fnmatch.fnmatchcase(arn, r) for r in listed('Resource'))
    return not policy or any(covers(s) for s in policy['Statement'])


def check_policy(asked):
    for action, arn in asked:
        if not is_allowed(action, arn):
            raise Answer(403, 'AccessDeniedException', 'User is not authorized to perform: %s on resource: %s' % (action, arn))


def check_busy(asked):
    global busy_until
    name = asked[0][0] if asked else ''
    if name in ('lambda:UpdateFunctionCode', 'lambda:UpdateFunctionConfiguration') and time.time() < busy_until:
        raise Answer(409, 'ResourceConflictException', 'An update is in progress for resource: ' + asked[0][1])
    if name in ('lambda:CreateFunction', 'lambda:UpdateFunctionCode', 'lambda:UpdateFunctionConfiguration'):
        busy_until = time.time() + busy_for


def say_busy(asked, chunks):
    if asked and asked[0][0] == 'lambda:GetFunctionConfiguration' and time.time() < busy_until:
        said = json.loads(b''.join(chunks))
        if 'FunctionArn' in said:
            said['LastUpdateStatus'] = 'InProgress'
            return [json.dumps(said).encode()]
    if asked and asked[0][0] == 'lambda:GetFunctionConfiguration' and failure:
        said = json.loads(b''.join(chunks))
        if 'FunctionArn' in said:
            said.update(LastUpdateStatus='Failed', LastUpdateStatusReason=failure)
            return [json.dumps(said).encode()]
    return chunks


def hide_tags(call, asked, chunks):
    """Lambda tells a function's tags to those who may list them."""
    if asked and asked[0][0] == 'lambda:GetFunction':
        said = json.loads(b''.join(chunks))
        if said.get('Tags'):
            call['actions'].append('lambda:ListTags')
            if not is_allowed('lambda:ListTags', asked[0][1]):
                del said['Tags']
        return [json.dumps(said).encode()]
    return chunks


def point_to_code(environ, asked, chunks):
    """A version's code is where this stand-in serves it, and not where moto says."""
    if asked and asked[0][0] == 'lambda:GetFunction' and environ['QUERY_STRING']:
        said = json.loads(b''.join(chunks))
        if 'Code' in said:
            version = environ['QUERY_STRING'].split('=')[1]
            said['Code']['Location'] = 'http://%s/code/%s/%s' % (environ['HTTP_HOST'], said['Configuration']['FunctionName'], version)
            return [json.dumps(said).encode()]
    return chunks


def serve_code(environ, start):
    """The code of /code/FUNCTION/VERSION, for those who show no credentials."""
    if 'HTTP_AUTHORIZATION' in environ or 'HTTP_X_AMZ_SECURITY_TOKEN' in environ:
        raise SystemExit('credentials were sent to a presigned address')
    function, version = environ['PATH_INFO'].split('/')[2:]
    code = get_backend('lambda')[ACCOUNT][REGION].get_function(function, version).code_bytes
    start('200 OK', [('Content-Type', 'application/zip'), ('Content-Length', str(len(code)))])
    return [code]


def error(start, service, answer):
    if service in ('sts', 'iam'):
        kind, body = 'text/xml', '<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>' % (answer.code, answer.message)
    else:
        kind, body = 'application/json', json.dumps({'__type': answer.code, 'message': answer.message})
    start('%d Error' % answer.status, [('Content-Type', kind), ('x-amzn-ErrorType', answer.code), ('Content-Length', str(len(body)))])
    return [body.encode()]


def drop(environ):
    environ['werkzeug.socket'].shutdown(socket.SHUT_RDWR)
    raise ConnectionError('dropped on purpose')


def state():
    """What there is, without ids and times."""
    functions = {}
    for f in get_backend('lambda')[ACCOUNT][REGION].list_functions():
        c = f.get_configuration()
        kept = {k: c.get(k) for k in ('Role', 'Handler', 'Runtime', 'Timeout', 'MemorySize', 'Description', 'CodeSha256', 'Architectures')}
        kept['Environment'] = (c.get('Environment') or {}).get('Variables', {})
        kept['Tags'] = f.tags
        kept['Versions'] = [int(v.version) for v in get_backend('lambda')[ACCOUNT][REGION].list_versions_by_function(f.function_name)[1:]]
        kept['Permissions'] = sorted(s['Principal']['Service'] + ' ' + re.sub(r':\w+/\*', ':API/*', s['Condition']['ArnLike']['AWS:SourceArn'])
                                     for s in f.policy.statements)
        functions[f.function_name] = kept
    apis = []
    for a in get_backend('apigateway')[ACCOUNT][REGION].apis.values():
        routes = {r.get_path(): {m.http_method: [m.authorization_type, m.method_integration and m.method_integration.uri] for m in r.resource_methods.values()}
                  for r in a.resources.values()}
        stages = {s.name: a.deployments[s.deployment_id].description for s in a.stages.values()}
        apis.append({'name': a.name, 'routes': routes, 'stages': stages})
    logs = {g.name: g.retention_in_days for g in get_backend('logs')[ACCOUNT][REGION].groups.values()}
    return {'functions': functions, 'apis': apis, 'logs': logs}


def date_precisely():
    """Gives REST APIs dates with fractions of a second, so that no first deployment has to wait for the next second."""
    make = RestAPI.__init__

    def made(api, *arguments, **named):
        make(api, *arguments, **named)
        api.create_date = time.time()

    RestAPI.__init__ = made


def number_versions():
    """Lambda gives no number twice; moto would count the versions that are left."""
    publish = LambdaStorage.publish_version

    def numbered(storage, name, description=''):
        before = list(storage._functions[name]['versions'])
        published = publish(storage, name, description)
        if published not in before:
            latest = storage._functions[name]['latest']
            latest.last_number = getattr(latest, 'last_number', 0) + 1
            del storage._arns[published.function_arn]
            published.set_version(latest.last_number)
            storage._arns[published.function_arn] = published
        return published

    LambdaStorage.publish_version = numbered


def control(environ, start, body):
    global policy, busy_for, busy_until, failure
    if environ['REQUEST_METHOD'] == 'POST':
        wanted = json.loads(body)
        if wanted.get('reset'):
            for name in ('lambda', 'apigateway', 'logs', 'iam'):
                get_backend(name)[ACCOUNT]['aws' if name == 'iam' else REGION].reset()
            get_backend('iam')[ACCOUNT]['aws'].create_role(ROLE, '{}', '/', None, '', [], '3600')
            busy_until = 0
        for name in saved if wanted.get('restores') else ():
            get_backend(name)[ACCOUNT][REGION].__dict__.update(copy.deepcopy(saved[name]))
        policy, busy_for = wanted.get('policy'), wanted.get('busy', 0)
        for f in get_backend('lambda')[ACCOUNT][REGION].list_functions():
            f.run_time = wanted.get('runtime') or f.run_time
            f.environment_vars.update(wanted.get('variables') or {})
            for statement in f.policy.statements if wanted.get('narrows') else ():
                statement['Condition']['ArnLike']['AWS:SourceArn'] += '/GET/version'
        for name in wanted.get('apis', []):
            get_backend('apigateway')[ACCOUNT][REGION].create_rest_api(name, '')
        if wanted.get('log'):
            logs = get_backend('logs')[ACCOUNT][REGION]
            group = next(iter(logs.groups))
            logs.create_log_stream(group, 'stream')
            now = int(time.time() * 1000)
            logs.put_log_events(group, 'stream', [{'timestamp': now + i, 'message': m} for i, m in enumerate(wanted['log'])])
        if wanted.get('saves'):
            saved.update({name: copy.deepcopy(get_backend(name)[ACCOUNT][REGION].__dict__) for name in ('lambda', 'apigateway', 'logs')})
        released.set()
        released.clear()
        calls.clear()
        failure = wanted.get('failure')
        answers.clear()
        answers.update(wanted.get('answers', {}))
        faults.clear()
        faults.update({int(k): v for k, v in wanted.get('faults', {}).items()})
    said = json.dumps({'calls': calls, 'state': state()}).encode()
    start('200 OK', [('Content-Type', 'application/json'), ('Content-Length', str(len(said)))])
    return [said]


def wrap(app):
    def serve(environ, start):
        length = int(environ.get('CONTENT_LENGTH') or 0)
        body = environ['wsgi.input'].read(length) if length else b''
        environ['wsgi.input'] = io.BytesIO(body)
        if environ['PATH_INFO'] == '/stand-in':
            return control(environ, start, body)
        if environ['PATH_INFO'].startswith('/code/'):
            return serve_code(environ, start)
        service = ''
        try:
            service = signature_is_right(environ, body)
            asked = actions(service, environ, body)
            call = {'actions': [a for a, _ in asked] or [service + ':GetCallerIdentity'], 'method': environ['REQUEST_METHOD'],
                          'path': environ['PATH_INFO'], 'query': environ['QUERY_STRING'], 'host': environ['HTTP_HOST']}
            calls.append(call)
            fault = faults.get(len(calls))
            if fault == '429':
                raise Answer(429, 'TooManyRequestsException', 'Too Many Requests')
            if fault == '500':
                raise Answer(500, 'InternalFailure', 'Something went wrong')
            if fault == '409':
                raise Answer(409, 'ResourceConflictException', 'An update is in progress for resource: x')
            if fault == 'drop':
                drop(environ)
            planned = answers.get(call['actions'][0], {})
            if planned.get('skip'):
                planned['skip'] -= 1
            elif planned.get('times'):
                planned['times'] -= 1
                start('%d Planned' % planned['status'], [(k, v) for k, v in planned.get('headers', {}).items()])
                return [planned['body'].encode()]
            check_policy(asked)
            check_busy(asked)
        except Answer as answer:
            return error(start, service, answer)
        held = []
        chunks = list(app(environ, lambda *a: held.append(a)))
        if fault == 'lose':
            drop(environ)
        if fault == 'hang':
            released.wait(20)
            drop(environ)
        chunks = point_to_code(environ, asked, hide_tags(call, asked, say_busy(asked, chunks)))
        status, headers = held[0][:2]
        headers = [(k, v) for k, v in headers if k.lower() != 'content-length'] + [('Content-Length', str(sum(map(len, chunks))))]
        start(status, headers)
        return chunks
    return serve


def main():
    date_precisely()
    number_versions()
    make = werkzeug.serving.make_server
    threaded.make_server = lambda host, port, app, *a, **k: make(host, port, wrap(app), *a, **k)
    server = threaded.ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)
    server.start()
    print('PORT', server.get_host_and_port()[1], flush=True)
    sys.stdin.read()


if __name__ == '__main__':
    main()
