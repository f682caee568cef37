using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Diagnostics;

/// <summary>Listens to the meter of one store, and to no other of this process.</summary>
internal sealed class MetricLog : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<MetricSample> _samples = new();
    private readonly ConcurrentDictionary<string, Instrument> _instruments = new();

    public MetricLog(IServiceProvider services)
    {
        var factory = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != MementoTelemetry.Name
                || !ReferenceEquals(instrument.Meter.Scope, factory))
            {
                return;
            }

            _instruments[instrument.Name] = instrument;
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(Add);
        _listener.SetMeasurementEventCallback<int>(
            (instrument, value, tags, state) => Add(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<double>(Add);
        _listener.Start();
    }

    public IReadOnlyDictionary<string, Instrument> Instruments => _instruments;

    /// <summary>What an instrument was told, in order.</summary>
    public MetricSample[] Of(string instrument)
        => [.. _samples.Where(each => each.Instrument == instrument)];

    /// <summary>The sum of what an instrument was told with a tag.</summary>
    public double Sum(string instrument, string? tag = null)
        => Of(instrument)
            .Where(each => tag is null || each.Tags.Contains(tag))
            .Sum(static each => each.Value);

    /// <summary>Looks at what is observed, as a reader does from time to time.</summary>
    public double Observe(string instrument, string? tag = null)
    {
        int before = Of(instrument).Length;
        _listener.RecordObservableInstruments();
        return Of(instrument)[before..]
            .Where(each => tag is null || each.Tags.Contains(tag))
            .Sum(static each => each.Value);
    }

    public void Dispose() => _listener.Dispose();

    private void Add<T>(
        Instrument instrument,
        T value,
        ReadOnlySpan<KeyValuePair<string, object?>> tags,
        object? state)
        where T : struct
        => _samples.Enqueue(new MetricSample(
            instrument.Name,
            Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture),
            [.. tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}")]));
}

/// <summary>One measurement; a tag is "name=value".</summary>
internal sealed record MetricSample(string Instrument, double Value, IReadOnlyList<string> Tags);
