namespace Memento.Tests.Conformance;

public sealed class RamSiloTests(RamSiloFixture fixture)
    : ConformanceSuite(fixture), IClassFixture<RamSiloFixture>;
