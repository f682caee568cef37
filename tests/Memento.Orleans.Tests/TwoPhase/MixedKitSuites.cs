using Memento.Tests.Compliance;
using Memento.Tests.PostgreSql;
using Memento.Tests.Sqlite;

namespace Memento.Tests.TwoPhase;

public sealed class MemoryMixedFixture() : MixedFixture<MemoryUnderTest>(silos: 1);

public sealed class MemoryClusterMixedFixture() : MixedFixture<MemoryUnderTest>(silos: 3);

public sealed class SqliteMixedFixture() : MixedFixture<SqliteUnderTest>(silos: 1);

public sealed class PostgresClusterMixedFixture() : MixedFixture<PostgresUnderTest>(silos: 3);

public sealed class MemoryMixedKitTests(MemoryMixedFixture fixture)
    : MixedSuite<MemoryUnderTest>(fixture), IClassFixture<MemoryMixedFixture>;

public sealed class MemoryClusterMixedKitTests(MemoryClusterMixedFixture fixture)
    : MixedSuite<MemoryUnderTest>(fixture), IClassFixture<MemoryClusterMixedFixture>;

public sealed class SqliteMixedKitTests(SqliteMixedFixture fixture)
    : MixedSuite<SqliteUnderTest>(fixture), IClassFixture<SqliteMixedFixture>;

public sealed class PostgresClusterMixedKitTests(PostgresClusterMixedFixture fixture)
    : MixedSuite<PostgresUnderTest>(fixture), IClassFixture<PostgresClusterMixedFixture>;

public sealed class MemoryMixedFaultTests() : MixedFaultSuite<MemoryUnderTest>(silos: 1);

public sealed class MemoryClusterMixedFaultTests() : MixedFaultSuite<MemoryUnderTest>(silos: 3);

public sealed class SqliteMixedFaultTests() : MixedFaultSuite<SqliteUnderTest>(silos: 1);

public sealed class PostgresClusterMixedFaultTests()
    : MixedFaultSuite<PostgresUnderTest>(silos: 3);
