"""Orders in a database: PostgreSQL in production, SQLite in tests."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from acme.nodes.node_order_writer_effect.environment import Environment
from acme.nodes.node_order_writer_effect.models import ModelOrderWriterInput, ModelOrderWriterOutput

CREATE_ORDERS = text(
    "create table if not exists orders"
    " (id text primary key, total text not null, currency text not null)"
)
# Both databases know this clause; it makes a second delivery of the same order harmless.
INSERT_ORDER = text(
    "insert into orders (id, total, currency) values (:id, :total, :currency) on conflict (id) do nothing"
)


async def handle(request: ModelOrderWriterInput, environment: Environment) -> ModelOrderWriterOutput:
    """Insert the order, unless it is there already."""
    engine = create_async_engine(environment.database_url)
    try:
        async with engine.begin() as database:
            await database.execute(CREATE_ORDERS)
            inserted = await database.execute(
                INSERT_ORDER,
                {"id": str(request.order_id), "total": str(request.total.value), "currency": request.total.currency},
            )
    finally:
        await engine.dispose()
    return ModelOrderWriterOutput(stored=inserted.rowcount == 1)
