namespace Memento.Tests.Conformance;

public sealed class SqliteClientFixture() : StoreFixture(TableStorage.Disk, isClient: true);
