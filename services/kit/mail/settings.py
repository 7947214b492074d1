"""Settings of pillars that send mail (prefix ``SMARTCITY_``)."""

from urllib.parse import urlsplit

from pydantic import Field

from services.kit.settings import Settings


class MailSettings(Settings):
    """The city's mail server, and what mails say of where they come from."""

    smtp_url: str = Field(
        "",
        pattern=r"^((smtp|smtps|smtp\+starttls)://.+)?$",
        description="Mail server, smtp:// (by STARTTLS; in clear in local mode alone) or smtps://; empty: none is sent",
    )
    public_url: str = Field("", description="Base URL of the portal, for links in mails")
    mail_from: str = Field("", description="Sender of mails; noreply@ the portal's host when empty")

    @property
    def portal(self) -> str:
        """What the addresses of the portal's pages begin with."""
        return self.public_url.rstrip("/")

    @property
    def mail_host(self) -> str:
        """The portal's host, in whose name messages are identified."""
        return urlsplit(self.public_url).hostname or "localhost"

    @property
    def mail_sender(self) -> str:
        """The address that mails come from."""
        return self.mail_from or f"noreply@{self.mail_host}"
