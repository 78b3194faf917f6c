"""Pages used without a mouse."""


def tab_to(page, name, limit=60):
    """Press Tab until what has the focus is called `name`."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "document.activeElement.getAttribute('aria-label')"
            " ?? (document.activeElement.labels?.[0] ?? document.activeElement).textContent"
        )
        if name in focused:
            return
    raise AssertionError(f"{name} was not reached by Tab")
