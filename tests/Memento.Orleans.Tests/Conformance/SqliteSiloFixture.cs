namespace Memento.Tests.Conformance;

public sealed class SqliteSiloFixture() : StoreFixture(TableStorage.Disk, isClient: false);
