using Memento.Tests.Conformance;
using Memento.Tests.PostgreSql;

namespace Memento.Tests.Clusters;

// The conformance suite on three silos, from one of them and from a client.

public sealed class ClusterRamSiloTests(ClusterRamSiloFixture fixture)
    : ConformanceSuite(fixture), IClassFixture<ClusterRamSiloFixture>;

public sealed class ClusterRamClientTests(ClusterRamClientFixture fixture)
    : ConformanceSuite(fixture), IClassFixture<ClusterRamClientFixture>;

public sealed class ClusterPostgresSiloTests
    : ConformanceSuite, IClassFixture<ClusterPostgresSiloFixture>
{
    public ClusterPostgresSiloTests(ClusterPostgresSiloFixture fixture)
        : base(fixture) => PostgresServer.Require();
}

public sealed class ClusterPostgresClientTests
    : ConformanceSuite, IClassFixture<ClusterPostgresClientFixture>
{
    public ClusterPostgresClientTests(ClusterPostgresClientFixture fixture)
        : base(fixture) => PostgresServer.Require();
}

public sealed class ClusterRamSiloFixture() : StoreFixture(null, isClient: false, silos: 3);

public sealed class ClusterRamClientFixture() : StoreFixture(null, isClient: true, silos: 3);

public sealed class ClusterPostgresSiloFixture()
    : StoreFixture(
        PostgresServer.IsThere ? new PostgresUnderTest() : null, isClient: false, silos: 3);

public sealed class ClusterPostgresClientFixture()
    : StoreFixture(
        PostgresServer.IsThere ? new PostgresUnderTest() : null, isClient: true, silos: 3);
