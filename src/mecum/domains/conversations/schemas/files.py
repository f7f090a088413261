"""The shape of files."""

from pydantic import BaseModel, Field

from mecum.domains.conversations.schemas.fields import AT, FIL


class FileView(BaseModel):
    """An uploaded file."""

    id: str = Field(description="Its id.", examples=[FIL])
    name: str = Field(description="Its name.", examples=["beach.png"])
    media_type: str = Field(description="What its bytes are, whatever the client said.", examples=["image/png"])
    size: int = Field(description="Bytes.", examples=[48211])
    sha256: str = Field(description="Of its content, in hexadecimal.", examples=["9f86d081884c7d659a2feaa0c55ad015"])
    created_at: str = Field(description="When it was uploaded.", examples=[AT])
