"""The ASGI application of the pacer process: only the pacer's channel, without a web framework."""

from channels.routing import ChannelNameRouter, ProtocolTypeRouter
from channels.worker import Worker

from streaming import names
from streaming.consumers import PacerConsumer

application = ProtocolTypeRouter({"channel": ChannelNameRouter({names.PACER_CHANNEL: PacerConsumer.as_asgi()})})

# How often `runworker` checks whether the consumer has ended, which never happens here. Its default of 0.1 s takes a
# fifth of the CPU time of an idle pacer.
Worker.application_checker_interval = 1.0
