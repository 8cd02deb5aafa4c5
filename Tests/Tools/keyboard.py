"""The page without a mouse: the keyboard, the focus, names for screen readers, and less motion."""

import time

from page import check, equal

ROLES = {"button", "textbox", "searchbox", "checkbox", "slider", "tab", "application", "link", "combobox", "region", "columnheader"}
# Whether what has the focus has an outline, or, as a row of the timeline, a frame.
SEEN = """
const at = document.activeElement;
if (!at.matches('.row')) return getComputedStyle(at).outlineStyle !== 'none' && parseFloat(getComputedStyle(at).outlineWidth) >= 2;
const { stroke, strokeWidth } = getComputedStyle(at.querySelector('.track'));
return stroke !== 'none' && parseFloat(strokeWidth) >= 2;"""
# The longest transition or animation, in seconds.
LONGEST = """
return Math.max(...[...document.querySelectorAll('*')].map((e) => getComputedStyle(e))
  .map(({ transitionDuration, animationDuration }) => parseFloat(transitionDuration) + parseFloat(animationDuration)))"""


def check_all(page):
    browser = page.browser

    def keyboard():
        page.open()
        for _ in range(12):
            browser.press("Tab")
            if browser.run("return document.activeElement.id") == "text":
                break
        browser.press(*"parcel-desk.example")
        browser.wait("!document.getElementById('go').disabled")
        for _ in range(12):
            browser.press("Tab")
            if browser.run("return document.activeElement.id") == "go":
                break
        browser.press("Enter")
        page.wait()
        for _ in range(30):
            browser.press("Tab")
            if browser.run("return document.activeElement.id") == "graph":
                break
        browser.press("Right")
        equal(page.list("#details h2"), ["parcel-desk.example"])
        for key in ("Right", "Up", "Left", "Down"):
            browser.press(key)
            if page.list("#details h2") != ["parcel-desk.example"]:
                break
        value = page.list("#details h2")[0]
        if value == "parcel-desk.example" or value not in browser.run("return document.getElementById('announce').textContent"):
            raise AssertionError(f"{value!r} is not announced")
        browser.press("Enter")
        equal(browser.run("return document.activeElement.textContent"), value)

        browser.press("Escape")
        equal((page.focused(), browser.run("return document.getElementById('details').hidden")), ("graph", True))

    def timeline():
        browser.run("document.getElementById('graph').focus()")
        for _ in range(6):
            browser.press("Tab")
            if page.focused().startswith("day "):
                break
        day = int(browser.run("return document.activeElement.value"))
        browser.press("Left")
        equal(int(browser.run("return document.activeElement.value")), day - 1)
        browser.press("Tab")
        equal(page.focused(), "0 203.0.113.77")
        browser.press("Down", "Down")
        equal(page.focused(), "0 198.51.100.23")
        browser.press("Enter")
        # The pane takes some of the width, and the timeline is drawn again; and again when it is closed.
        time.sleep(0.4)
        equal(page.focused(), "198.51.100.23")
        browser.press("Escape")
        time.sleep(0.4)
        equal(page.focused(), "0 198.51.100.23")
        equal(int(browser.run("return document.querySelector('.lane input').value")), day - 1)

    def focus():
        page.click("parcel-desk.example")
        browser.run("document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); scrollTo(0, 0)")
        stops = []
        for _ in range(60):
            browser.press("Tab")
            stop = page.focused()
            if stop in stops or browser.run("return document.activeElement === document.body"):
                break
            stops.append(stop)
            if not browser.run(SEEN):
                raise AssertionError(f"the focus of {stop!r} is not seen")
            box = browser.run("const box = document.activeElement.getBoundingClientRect(); return [box.bottom, innerHeight - box.top]")
            if min(box) <= 0:
                raise AssertionError(f"{stop!r} has the focus out of sight")
        wanted = {"text", "go", "share", "search", "graph", "fit", "svg", "tab-timeline", "day domain parcel-desk.example", "0 203.0.113.77", "Copy", "Close the details"}
        equal(sorted(wanted - set(stops)), [])

    def names():
        for tab in ("timeline", "table"):
            browser.click(f"#tab-{tab}")
            nodes = browser.cdp("Accessibility.getFullAXTree")["nodes"]
            found = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
            equal([role for role, name in found if role in ROLES and not name.strip()], [])
            if len([role for role, _ in found if role in ROLES]) < 20:
                raise AssertionError(f"too few: {found}")

    def motion():
        scheme = {"name": "prefers-color-scheme", "value": "light"}
        browser.cdp("Emulation.setEmulatedMedia", features=[scheme, {"name": "prefers-reduced-motion", "value": "reduce"}])
        equal(browser.run(LONGEST), 0)
        browser.cdp("Emulation.setEmulatedMedia", features=[scheme])

    check("Everything is done with the keyboard only, and told to a screen reader", keyboard)
    check("Arrow keys move in the timeline, and closing the details leads back to it", timeline)
    check("Tab reaches everything, and the focus is always seen", focus)
    check("Everything that can be used has a name for a screen reader", names)
    check("Nothing moves if motion is to be reduced", motion)
