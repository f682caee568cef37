namespace Memento.Tests.Conformance;

public sealed class SqliteSiloTests(SqliteSiloFixture fixture)
    : ConformanceSuite(fixture), IClassFixture<SqliteSiloFixture>;
