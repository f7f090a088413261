"""Open models at Together.

Source: https://docs.together.ai/docs/inference/openai-compatibility, read in November 2026.
"""

from typing import Final

from mecum.inference.manifests import Manifest

MANIFEST: Final = Manifest(
    name="together",
    title="Together",
    base_url="https://api.together.ai/v1",
    key_variable="TOGETHER_API_KEY",
    priced_as="together",
)
