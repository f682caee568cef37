using Memento.Tests.Compliance;
using Memento.Tests.PostgreSql;
using Memento.Tests.Sqlite;

namespace Memento.Tests.TwoPhase;

public sealed class MemoryMixedTests() : MixedTransactionTests<MemoryUnderTest>(silos: 1);

public sealed class MemoryClusterMixedTests() : MixedTransactionTests<MemoryUnderTest>(silos: 3);

public sealed class SqliteMixedTests() : MixedTransactionTests<SqliteUnderTest>(silos: 1);

public sealed class PostgresClusterMixedTests()
    : MixedTransactionTests<PostgresUnderTest>(silos: 3);
