using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Memento.Silo.Copying;

/// <summary>A copy of all disk tables of one store into another one.</summary>
internal sealed class StorageCopy(
    IMemento source, IMemento target, IReadOnlyList<Assembly> assemblies, TextWriter output)
{
    private readonly IReadOnlyList<TableCopy> _tables =
    [
        .. assemblies.SelectMany(TableAssemblies.TablesOf)
            .Select(type => TableCopy.Of(type, source, target))
            .Where(static table => table.IsOnDisk)
            .OrderBy(static table => table.Name, StringComparer.Ordinal),
    ];

    /// <param name="continues">Whether the target may have records.</param>
    /// <param name="cancellationToken">Interrupts the copy.</param>
    /// <exception cref="SiloConfigurationException">
    /// A table has no type here, or the target has records.
    /// </exception>
    public async Task CopyAsync(bool continues, CancellationToken cancellationToken)
    {
        await RequireTypesAsync(cancellationToken);
        if (!continues) await RequireEmptyAsync(cancellationToken);

        long started = Stopwatch.GetTimestamp();
        long records = 0;
        foreach (TableCopy table in _tables)
            records += await CopyAsync(table, cancellationToken);

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await WriteAsync(
            $"Copied {records:N0} records of {_tables.Count} tables in {seconds:N1} s.");
    }

    /// <summary>Compares the records, of which the target has loaded what it has stored.</summary>
    /// <param name="continues">Whether the target may have more records.</param>
    /// <param name="cancellationToken">Interrupts it.</param>
    /// <exception cref="SiloConfigurationException">They differ.</exception>
    public async Task CompareAsync(bool continues, CancellationToken cancellationToken)
    {
        List<TableComparison> tables = [];
        foreach (TableCopy table in _tables)
            tables.Add(await table.CompareAsync(cancellationToken));

        string[] differences =
        [
            .. tables.Where(table => table.Lacks is not null || (table.Extra > 0 && !continues))
                .Select(static table => table.ToString()),
        ];
        if (differences.Length > 0)
        {
            throw new SiloConfigurationException(
                $"The copy is not the same: {string.Join("; ", differences)}. Empty the target "
                + "and copy again, while nothing else uses the two.");
        }

        TableComparison[] more = [.. tables.Where(static table => table.Extra > 0)];
        foreach (TableComparison table in more)
            await output.WriteLineAsync($"  {table}. They were not in the source, and stay.");
        await output.WriteLineAsync(more.Length == 0
            ? "Both storages have the same records."
            : "All records of the source are in the target.");
    }

    /// <summary>A table whose type is not known here could not be copied.</summary>
    private async Task RequireTypesAsync(CancellationToken cancellationToken)
    {
        IEnumerable<string> known = assemblies.SelectMany(TableAssemblies.TablesOf)
            .Select(type => TableCopy.Of(type, source, target).Name);
        string[] unknown = [.. (await source.Tables.ListAsync(cancellationToken)).Except(known)];
        if (unknown.Length > 0)
        {
            throw new SiloConfigurationException(
                $"The storage has tables without a type here: {string.Join(", ", unknown)}. Name "
                + "the assemblies with their types in Silo:Assemblies.");
        }
    }

    private async Task RequireEmptyAsync(CancellationToken cancellationToken)
    {
        List<string> filled = [];
        foreach (TableCopy table in _tables)
        {
            long count = await table.CountTargetAsync(cancellationToken);
            if (count > 0) filled.Add(Format($"{table.Name} ({count:N0})"));
        }

        if (filled.Count > 0)
        {
            throw new SiloConfigurationException(
                $"The target has records already: {string.Join(", ", filled)}. Copy into an empty "
                + "one, or add --continue: records of the same key are written over, and the "
                + "others stay.");
        }
    }

    private async Task<long> CopyAsync(TableCopy table, CancellationToken cancellationToken)
    {
        TableInfo info = await table.DescribeAsync(cancellationToken);
        var progress = new CopyProgress(table.Name, info.Size, output);
        long copied = await table.CopyRecordsAsync(progress, cancellationToken);
        await table.CopyRestAsync(info, cancellationToken);
        progress.End(copied);
        if (info.Unreadable > 0)
        {
            await WriteAsync(
                $"  {table.Name}: {info.Unreadable:N0} records were set aside and stay there.");
        }

        return copied;
    }

    private Task WriteAsync(FormattableString line) => output.WriteLineAsync(Format(line));

    private static string Format(FormattableString text)
        => text.ToString(CultureInfo.InvariantCulture);
}
