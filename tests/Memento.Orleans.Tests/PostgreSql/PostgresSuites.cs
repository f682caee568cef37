using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Consistency;
using Memento.Tests.Faults;

namespace Memento.Tests.PostgreSql;

// What every storage must pass, on PostgreSQL.

public sealed class PostgresComplianceTests : StorageCompliance<PostgresUnderTest>;

public sealed class PostgresSiloTests : ConformanceSuite, IClassFixture<PostgresSiloFixture>
{
    public PostgresSiloTests(PostgresSiloFixture fixture)
        : base(fixture) => PostgresServer.Require();
}

public sealed class PostgresClientTests : ConformanceSuite, IClassFixture<PostgresClientFixture>
{
    public PostgresClientTests(PostgresClientFixture fixture)
        : base(fixture) => PostgresServer.Require();
}

// A fixture cannot skip its tests. Where there is no server, its tables are in ram, and the tests
// skip themselves.

public sealed class PostgresSiloFixture()
    : StoreFixture(PostgresServer.IsThere ? new PostgresUnderTest() : null, isClient: false);

public sealed class PostgresClientFixture()
    : StoreFixture(PostgresServer.IsThere ? new PostgresUnderTest() : null, isClient: true);

public sealed class PostgresRestartTests : RestartTests<PostgresUnderTest>;

public sealed class PostgresChangedTypeTests : ChangedTypeTests<PostgresUnderTest>;

public sealed class PostgresStorageFaultTests : StorageFaultTests<PostgresUnderTest>;

public sealed class PostgresSetAsideFaultTests : SetAsideFaultTests<PostgresUnderTest>;

public sealed class PostgresInDoubtTests : InDoubtTests<PostgresUnderTest>;

public sealed class PostgresFullDiskTests : FullDiskTests<PostgresUnderTest>;

public sealed class PostgresHalfDeletedTableTests : HalfDeletedTableTests<PostgresUnderTest>;

public sealed class PostgresUniqueIndexFaultTests : UniqueIndexFaultTests<PostgresUnderTest>;

public sealed class PostgresNumberFaultTests : NumberFaultTests<PostgresUnderTest>;

public sealed class PostgresRandomFaultTests : RandomFaultTests<PostgresUnderTest>;

public sealed class PostgresListAppendTests : ListAppendTests<PostgresUnderTest>;

public sealed class PostgresRingTests : RingTests<PostgresUnderTest>;
