using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Memento.Silo;

/// <summary>Shows what the store measures and traces.</summary>
internal static class Telemetry
{
    /// <summary>
    /// Writes the metrics, every 10 seconds and when the silo stops, and each activity to the
    /// console. Another exporter goes in the same place.
    /// </summary>
    public static void AddConsole(HostApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddMeter(MementoTelemetry.Name)
                .AddConsoleExporter())
            .WithTracing(traces => traces
                .AddSource(MementoTelemetry.Name)
                .AddSource("Microsoft.Orleans.Application")
                .AddConsoleExporter());
        builder.UseOrleans(silo => silo.AddActivityPropagation());
    }
}
