"""What every test may use. The plugins name their own parts; here stands only the list."""

pytest_plugins = [
    "plugins.environment",
    "plugins.loopback",
    "plugins.not_run",
    "plugins.postgres",
    "plugins.chromium",
    "plugins.sample",
    "plugins.properties",
    "plugins.garbage",
    "fakes.fixtures",
    "factories.stores",
    "factories.contexts",
    "factories.houses",
    "factories.sites",
    "factories.talks",
    "factories.imports",
    "factories.offices",
]
