namespace Memento.Tests.Conformance;

public sealed class RamClientFixture() : StoreFixture(null, isClient: true);
