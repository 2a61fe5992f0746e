"""The pacer process's ASGI application: the pacer's channel and nothing else, so that it carries no web framework."""

from channels.routing import ChannelNameRouter, ProtocolTypeRouter

from streaming import names
from streaming.consumers import PacerConsumer

application = ProtocolTypeRouter({"channel": ChannelNameRouter({names.PACER_CHANNEL: PacerConsumer.as_asgi()})})
