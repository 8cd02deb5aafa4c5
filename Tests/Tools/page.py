"""The page of a relayctl in a browser, and what is expected of it."""

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request

from webdriver import PASSED_ON


class Served:
    """A relayctl that serves the page."""

    def __init__(self, relayctl, *arguments, **environment):
        env = {key: value for key, value in os.environ.items() if key in PASSED_ON}
        self.process = subprocess.Popen([relayctl, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env | environment)
        self.token, self.url = None, None
        for line in self.process.stdout:
            if match := re.search(r"(http://127\.0\.0\.1:\d+/) (is a|shows the) page", line):
                self.url = match[1]
            if match := re.match(r"Authorization: Bearer (\S+)", line):
                self.token = match[1]
            if line.startswith("Ctrl-C"):
                break
        if not self.url:
            self.close()
            sys.exit(f"{relayctl} does not serve the page")
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def observe(self, observables):
        body = json.dumps([{"type": kind, "value": value} for kind, value in observables]).encode()
        request = urllib.request.Request(f"{self.url}dev/observe/observables", data=body, method="POST")
        request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as response:
            return json.load(response)["data"]["sightings"]["docs"]

    def close(self):
        self.process.terminate()
        self.process.wait()


def check(name, body):
    try:
        body()
        print(f"ok\t{name}", flush=True)
    except Exception as error:  # A check that can't be made has failed.
        print(f"failed\t{name}\t{' '.join(str(error).split())[:500]}", flush=True)


def equal(found, expected):
    if found != expected:
        raise AssertionError(f"{found!r} is not {expected!r}")


def relations(sightings):
    """The relations, each once, as the graph has them."""
    edges = set()
    for sighting in sightings:
        for relation in sighting.get("relations", []):
            ends = [f"{relation[end]['type']} {relation[end]['value'].lower()}" for end in ("source", "related")]
            edges.add((ends[0], ends[1], relation["relation"]))
    return edges


class Page:
    def __init__(self, browser, served, folder=None):
        self.browser, self.served, self.folder = browser, served, folder

    def open(self, fragment=""):
        self.browser.open("about:blank")
        self.browser.open(self.served.url + fragment)
        self.browser.wait("document.readyState === 'complete'")

    def enter(self, text):
        self.browser.run("document.getElementById('text').value = ''")
        self.browser.type("#text", text)
        self.browser.wait("!document.getElementById('go').disabled")
        time.sleep(0.3)

    def investigate(self, text):
        self.open()
        self.enter(text)
        self.browser.click("#go")
        self.wait()

    def wait(self):
        self.browser.wait("!page.isAsking && !document.getElementById('results').hidden")

    def list(self, selector, attribute="textContent"):
        return self.browser.run("return [...document.querySelectorAll(arguments[0])].map((e) => e[arguments[1]])", selector, attribute)

    def count(self, name):
        return int(self.browser.run("return document.getElementById('graph').dataset[arguments[0]]", name))

    def place(self, value):
        return self.browser.run(
            "const node = [...model.nodes.values()].find((n) => n.value === arguments[0] || n.label === arguments[0]);"
            "const box = document.getElementById('graph').getBoundingClientRect();"
            "return [box.left + node.x * graph.view.scale + graph.view.x, box.top + node.y * graph.view.scale + graph.view.y]",
            value,
        )

    def click(self, value):
        self.browser.run("document.getElementById('graph').scrollIntoView({ block: 'center' })")
        self.browser.pointer(self.place(value), "down", "up")

    def focused(self):
        """What has the focus: a row or a slider of the timeline, or an id, or what it is called."""
        return self.browser.run(
            "const at = document.activeElement; return at.dataset.key || at.id || at.ariaLabel || at.dataset.type || at.textContent")

    def screenshot(self, name):
        if self.folder:
            time.sleep(0.4)
            self.browser.screenshot(os.path.join(self.folder, f"{name}.png"), whole=True)
