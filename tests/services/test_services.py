"""The services that other tests lean on do what they say."""

import base64
import smtplib
from email.message import EmailMessage

import http_ece
import httpx
import paho.mqtt.client as mqtt
import psycopg
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser

from tests.services.mosquitto import Mosquitto
from tests.services.ports import is_open
from tests.services.push import PushService
from tests.services.smtp import Mail
from tests.services.waiting import eventually


def test_mosquitto_comes_back_on_the_same_port_after_a_kill(broker: Mosquitto) -> None:
    broker.kill()
    assert not is_open(broker.port)
    broker.start()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    eventually(client.is_connected)
    client.disconnect()
    client.loop_stop()


def test_postgres_gives_an_empty_database(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert row == (0,)


def test_mail_keeps_vietnamese_intact(mail: Mail) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.vn", "b@example.vn", "Điểm danh"
    message.set_content("Cháu Nguyễn Thị Ánh đã đến trường.")
    with smtplib.SMTP("127.0.0.1", mail.port) as client:
        client.send_message(message)
    assert mail.messages[0]["Subject"] == "Điểm danh"
    assert "Ánh đã đến" in mail.messages[0].get_content()


def test_push_decrypts_what_was_sent_and_can_say_gone(push: PushService) -> None:
    subscription = push.subscribe()
    sender = ec.generate_private_key(ec.SECP256R1())
    body = http_ece.encrypt(
        "Điểm danh".encode(),
        private_key=sender,
        dh=base64.urlsafe_b64decode(subscription.p256dh + "=="),
        auth_secret=subscription.secret,
        version="aes128gcm",
    )
    assert httpx.post(subscription.endpoint, content=body).status_code == 201
    assert push.deliveries[0].text == "Điểm danh"
    push.status = 410
    assert httpx.post(subscription.endpoint, content=body).status_code == 410


def test_chromium_shows_a_page(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<h1>Điểm danh</h1>")
    assert page.inner_text("h1") == "Điểm danh"
    page.close()
