using Memento.Tests.Sqlite;

namespace Memento.Tests.Conformance;

public sealed class SqliteSiloTests(SiloFixture<SqliteUnderTest> fixture)
    : ConformanceSuite(fixture), IClassFixture<SiloFixture<SqliteUnderTest>>;
