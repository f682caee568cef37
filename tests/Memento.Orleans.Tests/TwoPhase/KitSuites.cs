using Memento.Tests.Compliance;
using Memento.Tests.PostgreSql;
using Memento.Tests.Sqlite;

namespace Memento.Tests.TwoPhase;

public sealed class MemoryKitFixture() : KitFixture<MemoryUnderTest>(silos: 1);

public sealed class MemoryClusterKitFixture() : KitFixture<MemoryUnderTest>(silos: 3);

public sealed class SqliteKitFixture() : KitFixture<SqliteUnderTest>(silos: 1);

public sealed class PostgresKitFixture() : KitFixture<PostgresUnderTest>(silos: 1);

public sealed class PostgresClusterKitFixture() : KitFixture<PostgresUnderTest>(silos: 3);

public sealed class MemoryTransactionKitTests(MemoryKitFixture fixture)
    : TransactionKit<MemoryUnderTest>(fixture), IClassFixture<MemoryKitFixture>;

public sealed class MemoryClusterTransactionKitTests(MemoryClusterKitFixture fixture)
    : TransactionKit<MemoryUnderTest>(fixture), IClassFixture<MemoryClusterKitFixture>;

public sealed class SqliteTransactionKitTests(SqliteKitFixture fixture)
    : TransactionKit<SqliteUnderTest>(fixture), IClassFixture<SqliteKitFixture>;

public sealed class PostgresTransactionKitTests(PostgresKitFixture fixture)
    : TransactionKit<PostgresUnderTest>(fixture), IClassFixture<PostgresKitFixture>;

public sealed class PostgresClusterTransactionKitTests(PostgresClusterKitFixture fixture)
    : TransactionKit<PostgresUnderTest>(fixture), IClassFixture<PostgresClusterKitFixture>;

public sealed class MemoryFaultKitTests() : FaultKit<MemoryUnderTest>(silos: 1);

public sealed class MemoryClusterFaultKitTests() : FaultKit<MemoryUnderTest>(silos: 3);

public sealed class SqliteFaultKitTests() : FaultKit<SqliteUnderTest>(silos: 1);

public sealed class PostgresClusterFaultKitTests() : FaultKit<PostgresUnderTest>(silos: 3);
