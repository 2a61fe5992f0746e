"""The pacer process's ASGI application: the pacer's channel and nothing else, so that it carries no web framework."""

from channels.routing import ChannelNameRouter, ProtocolTypeRouter
from channels.worker import Worker

from streaming import names
from streaming.consumers import PacerConsumer

application = ProtocolTypeRouter({"channel": ChannelNameRouter({names.PACER_CHANNEL: PacerConsumer.as_asgi()})})

# How often `runworker` looks whether the consumer has ended, which ours never does. Its own 0.1 s is a fifth of what an idle
# pacer takes.
Worker.application_checker_interval = 1.0
