namespace Memento.Tests.Conformance;

public sealed class RamClientTests(RamClientFixture fixture)
    : ConformanceSuite(fixture), IClassFixture<RamClientFixture>;
