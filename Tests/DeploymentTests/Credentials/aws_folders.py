"""Makes folders as people have them in ~/.aws, and says what botocore reads there.

    aws_folders.py COUNT SEED FOLDER    writes FOLDER/0, FOLDER/1, …, each a home, and prints a line of JSON for each:
        {"environment": {…}, "answer": [ID, SECRET, TOKEN]}
The answer is null if botocore has no credentials, an error, or some that no header can hold. Credentials that take more
than keys (a role, single sign-on) are ["DELEGATED", "x", null]; the home has a file "delegated" then, for a stand-in of
the aws command.
"""
import json
import os
import random
import sys

import botocore.session

count, seed, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
rng = random.Random(seed)
NAMES = ['default', 'serverless', 'my relay', 'a.b', 'profile', 'Ünï']
INDENTATIONS = ['', '  ', '    ', '\t']
DELEGATED = ('assume-role', 'assume-role-with-web-identity', 'sso', 'login')


def chance(share):
    return rng.random() < share


def value():
    text = rng.choice(['AKIA', 'ASIA', 'x/', 'y+=']) + str(rng.randrange(1000, 9999))
    return rng.choice([text] * 80 + ['', f'"{text}"', text + ' # note', text + ' ;n', 'a b', 'é', '%(x)s', '$HOME', 'a=b', 'a:b'])


def spelled(key):
    return rng.choice([key] * 4 + [key.upper(), key.title()])


def setting(key, text):
    separator = rng.choice([' = '] * 4 + ['=', ':', ' : ', '\t=\t', ' =', '= '])
    return rng.choice([indentation] * 60 + INDENTATIONS) + spelled(key) + separator + text + rng.choice(['', '', ' ', '\t'])


def process():
    said = {'Version': rng.choice([1, 1, 1, 1, 2]), 'AccessKeyId': 'PROC', 'SecretAccessKey': 'p'}
    if chance(.2):
        del said['SecretAccessKey']
    if chance(.3):
        said['SessionToken'] = 't'
    if chance(.2):
        said['Expiration'] = '2099-01-01T00:00:00Z'
    return rng.choice([f"echo '{json.dumps(said)}'"] * 5 + ['false', 'echo no'])


def body():
    global indentation
    indentation = rng.choice(INDENTATIONS + [''] * 5)
    lines = []
    if chance(.85):
        lines.append(setting('aws_access_key_id', value()))
    if chance(.85):
        lines.append(setting('aws_secret_access_key', value()))
    for key, share in [('aws_session_token', .2), ('aws_security_token', .1), ('region', .3), ('output', .2)]:
        if chance(share):
            lines.append(setting(key, value()))
    if chance(.12):
        lines.append(setting('credential_process', process()))
    if chance(.08):
        lines += [setting('role_arn', 'arn:aws:iam::210987654321:role/r'), setting('source_profile', rng.choice(NAMES))]
    if chance(.05):
        lines += [setting('sso_account_id', '1'), setting('sso_role_name', 'r')]
        lines += [setting('sso_start_url', 'https://x.invalid'), setting('sso_region', 'us-east-1')] if chance(.7) else []
    if chance(.03):
        lines += [setting('role_arn', 'arn:aws:iam::210987654321:role/w'), setting('web_identity_token_file', '/nowhere')]
    if chance(.08):
        lines += ['s3 =', '  addressing_style = path', rng.choice(['', '  max = 1'] * 10 + ['\tgarbage'])]
    if chance(.1):
        rng.shuffle(lines)
    for noise, share in [('', .3), ('# a comment', .2), ('   ; another', .1), ('garbage', .003), ('= x', .002), ('    more', .01)]:
        if chance(share):
            lines.insert(rng.randrange(len(lines) + 1), noise)
    if lines and chance(.005):
        lines.append(rng.choice(lines))
    return lines


def section(name, is_config):
    plain = ['[%s]'] * 150 + ['[ %s ]', '[%s] # x', ' [%s]', '[%s', '[%s]]']
    if not is_config:
        return rng.choice(plain) % name
    quoted = '"%s"' % name if ' ' in name or chance(.2) else name
    forms = ['[profile %s]'] * 30 + ['[profile  %s]', '[profile\t%s]', "[profile '%s']", '[%s]', '[profile%s]', '[profiles %s]', '[profile %s ]']
    return '[default]' if name == 'default' and chance(.6) else rng.choice(forms) % (name if chance(.05) else quoted)


def text(is_config):
    lines = []
    for name in rng.sample(NAMES, rng.randrange(3, 7)) + ([rng.choice(NAMES)] if chance(.01) else []):
        lines += [section(name, is_config)] + body() + rng.choice([[], [''], ['', '']])
    if chance(.04):
        lines = ['[DEFAULT]'] + body() + lines
    end = '\r\n' if chance(.15) else '\n'
    return end.join(lines) + (end if chance(.8) else '')


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', newline='', encoding='utf-8') as file:
        file.write(content)


def answer(home, environment):
    os.environ.clear()
    os.environ.update(environment, HOME=home, PATH='/usr/bin:/bin', AWS_EC2_METADATA_DISABLED='true', LC_ALL='C.UTF-8')
    try:
        found = botocore.session.Session().get_credentials()
        if found and found.method in DELEGATED:
            write(home + '/delegated', '')
            return ['DELEGATED', 'x', None]
        if not found:
            return None
        keys = [found.access_key, found.secret_key, found.token or None]
    except Exception:
        return None
    is_usable = all(isinstance(k, str) and k and all('!' <= c <= '~' for c in k) for k in keys if k is not None)
    return keys if is_usable else None


for number in range(count):
    home, environment = f'{folder}/{number}', {}
    places = {'AWS_SHARED_CREDENTIALS_FILE': '.aws/credentials', 'AWS_CONFIG_FILE': '.aws/config'}
    for variable in places:
        if chance(.1):
            places[variable] = 'else where/' + variable
            environment[variable] = rng.choice(['~', '$HOME', '${HOME}', home]) + '/' + places[variable]
        if chance(.85):
            write(f'{home}/{places[variable]}', text(variable == 'AWS_CONFIG_FILE'))
    os.makedirs(home, exist_ok=True)
    if chance(.7):
        environment['AWS_PROFILE'] = rng.choice(NAMES)
    if chance(.15):
        environment['AWS_DEFAULT_PROFILE'] = rng.choice(NAMES)
    print(json.dumps({'environment': environment, 'answer': answer(home, environment)}), flush=True)
