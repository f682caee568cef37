namespace Memento.Tests.Conformance;

public sealed class SqliteClientTests(SqliteClientFixture fixture)
    : ConformanceSuite(fixture), IClassFixture<SqliteClientFixture>;
