namespace Memento.Tests.Conformance;

public sealed class RamSiloFixture() : StoreFixture(TableStorage.Ram, isClient: false);
