from acme.nodes.node_checkout_orchestrator.environment import Environment
from acme.nodes.node_checkout_orchestrator.models import ModelCheckoutInput, ModelCheckoutOutput
from acme.nodes.node_order_pricer_compute.handlers import HandlerOrderPricer
from acme.nodes.node_order_pricer_compute.models import ModelOrderPricerInput
from acme.nodes.node_order_validator_compute.handlers import HandlerOrderValidator
from acme.nodes.node_order_validator_compute.models import ModelOrderValidatorInput
from acme.nodes.node_order_writer_effect.environment import Environment as WriterEnvironment
from acme.nodes.node_order_writer_effect.handlers import HandlerOrderWriter
from acme.nodes.node_order_writer_effect.models import ModelOrderWriterInput


async def handle(request: ModelCheckoutInput, environment: Environment) -> ModelCheckoutOutput:
    """Run the steps one after the other; an order that is not valid goes no further."""
    check = HandlerOrderValidator().handle(ModelOrderValidatorInput(lines=request.lines))
    if not check.valid:
        return ModelCheckoutOutput(accepted=False)
    price = HandlerOrderPricer().handle(ModelOrderPricerInput(lines=request.lines, discount=request.discount))
    writer = HandlerOrderWriter(WriterEnvironment(database_url=environment.database_url))
    await writer.handle(ModelOrderWriterInput(order_id=request.order_id, total=price.due))
    return ModelCheckoutOutput(accepted=True, due=price.due)
