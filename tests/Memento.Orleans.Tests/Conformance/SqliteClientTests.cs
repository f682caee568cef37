using Memento.Tests.Sqlite;

namespace Memento.Tests.Conformance;

public sealed class SqliteClientTests(ClientFixture<SqliteUnderTest> fixture)
    : ConformanceSuite(fixture), IClassFixture<ClientFixture<SqliteUnderTest>>;
