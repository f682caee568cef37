namespace Memento.Tests.Conformance;

public sealed class RamClientFixture() : StoreFixture(TableStorage.Ram, isClient: true);
