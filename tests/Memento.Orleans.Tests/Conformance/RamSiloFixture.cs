namespace Memento.Tests.Conformance;

public sealed class RamSiloFixture() : StoreFixture(null, isClient: false);
