"""E-mail by SMTP: the channel that needs nothing but an address."""

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from cloud.notifications.rules import LOOPBACK
from cloud.notifications.transport import Channel, Outgoing, TransportError

TIMEOUT_S = 15.0


class Mail:
    channel = Channel.EMAIL
    reports = False

    def __init__(self, url: str, sender: str, public_url: str) -> None:
        """`url` is smtp://USER:PASSWORD@HOST:PORT or smtps://. Raises ValueError if it is not."""
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or "@" not in parseaddr(sender)[1]:
            raise ValueError("write smtp://USER:PASSWORD@HOST:PORT, and a sender with an address")
        self._implicit_tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._implicit_tls else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._sender = sender
        self._public_url = public_url

    def send(self, outgoing: Outgoing, now: datetime) -> frozenset[str]:
        if outgoing.email is None:
            raise TransportError("the guardian has no e-mail address", permanent=True)
        try:
            message = self._compose(outgoing, outgoing.email, now)
            with self._connect() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code = max(code for code, _ in error.recipients.values())
            raise TransportError(f"the mail server refuses the recipient: {code}", permanent=code >= 500) from error
        except smtplib.SMTPAuthenticationError as error:
            raise TransportError("the mail server refuses our password", permanent=False) from error
        except smtplib.SMTPResponseException as error:
            raise TransportError(
                f"the mail server answered {error.smtp_code}", permanent=error.smtp_code >= 500
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            raise TransportError(f"no mail server there: {type(error).__name__}", permanent=False) from error
        except ValueError as error:
            raise TransportError("the guardian's e-mail address is none", permanent=True) from error
        return frozenset()

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._implicit_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
            elif self._user and self._host not in LOOPBACK:
                server.close()
                raise smtplib.SMTPException("the server offers no encryption: the password stays here")
        if self._user:
            server.login(self._user, self._password)
        return server

    def _compose(self, outgoing: Outgoing, recipient: str, now: datetime) -> EmailMessage:
        """Raises ValueError for an address that cannot stand in a header."""
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = recipient
        message["Subject"] = outgoing.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{outgoing.id}@{parseaddr(self._sender)[1].partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = outgoing.locale
        message.set_content(f"{outgoing.body}\n\n{self._public_url}\n")
        return message
