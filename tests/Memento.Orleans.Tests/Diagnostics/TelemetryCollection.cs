namespace Memento.Tests.Diagnostics;

/// <summary>
/// The tests that listen to activities, one after the other: who listens to a name hears all
/// stores of the process.
/// </summary>
[CollectionDefinition(nameof(TelemetryCollection))]
public sealed class TelemetryCollection;
