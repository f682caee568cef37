using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Silo;

/// <summary>Writes what the silo serves: addresses, storage, tables.</summary>
internal static class ServingReport
{
    public static async Task WriteAsync(
        IServiceProvider services, TextWriter writer, CancellationToken cancellationToken)
    {
        var options = services.GetRequiredService<SiloOptions>();
        var cluster = services.GetRequiredService<Membership>();
        List<TableInfo> tables = await DescribeTablesAsync(services, cancellationToken);
        await writer.WriteLineAsync($"""
            Memento.Orleans is serving.

              silo     {cluster.Address}:{options.SiloPort}
              gateway  {cluster.Address}:{options.GatewayPort} (clients connect here)
              cluster  {cluster}
              storage  {services.GetRequiredService<Storage>()}

            """);
        await writer.WriteLineAsync(Line("table", "type", "storage", "records", "indexes"));
        foreach (TableInfo table in tables)
        {
            await writer.WriteLineAsync(Line(
                table.Name,
                table.Type.ToString(),
                table.Storage.ToString(),
                table.Size.ToString("N0", CultureInfo.InvariantCulture),
                string.Join(", ", table.Indexes.Select(static index => index.Name))));
        }

        await writer.WriteLineAsync();
        await writer.WriteLineAsync("Ctrl+C stops it.");
        await writer.FlushAsync(cancellationToken);
    }

    private static string Line(
        string name, string type, string storage, string records, string indexes)
        => $"  {name,-20} {type,-11} {storage,-8} {records,12}  {indexes}".TrimEnd();

    private static async Task<List<TableInfo>> DescribeTablesAsync(
        IServiceProvider services, CancellationToken cancellationToken)
    {
        ITables tables = services.GetRequiredService<IMemento>().Tables;
        List<TableInfo> infos = [];
        foreach (Type type in services.GetRequiredService<IReadOnlyList<Assembly>>()
            .SelectMany(TableAssemblies.TablesOf))
        {
            infos.Add(await InfoAsync(tables, type, cancellationToken));
        }

        return [.. infos.OrderBy(static info => info.Name, StringComparer.Ordinal)];
    }

    // The types are from assemblies that are not known when this program is built.
    private static Task<TableInfo> InfoAsync(
        ITables tables, Type type, CancellationToken cancellationToken)
        => (Task<TableInfo>)typeof(ITables).GetMethod(nameof(ITables.InfoAsync))!
            .MakeGenericMethod(type)
            .Invoke(tables, [cancellationToken])!;
}
