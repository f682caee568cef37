using System.Reflection;
using System.Runtime.CompilerServices;

namespace Memento.Silo.Copying;

/// <summary>The copy of one table.</summary>
internal abstract class TableCopy
{
    public static TableCopy Of(Type type, IMemento source, IMemento target)
        => (TableCopy)Activator.CreateInstance(
            typeof(TableCopy<>).MakeGenericType(type), source, target)!;

    public abstract string Name { get; }

    public abstract bool IsOnDisk { get; }

    public abstract Task<TableInfo> DescribeAsync(CancellationToken cancellationToken);

    public abstract Task<long> CountTargetAsync(CancellationToken cancellationToken);

    /// <summary>Copies all records, and returns their number.</summary>
    public abstract Task<long> CopyRecordsAsync(
        IProgress<long> progress, CancellationToken cancellationToken);

    /// <summary>
    /// Copies what is not in the records: the numbers that were given, and the indexes that were
    /// added while a program ran.
    /// </summary>
    public abstract Task CopyRestAsync(TableInfo info, CancellationToken cancellationToken);

    /// <summary>Compares all records of the two.</summary>
    public abstract Task<TableComparison> CompareAsync(CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class TableCopy<T>(IMemento source, IMemento target) : TableCopy
    where T : class
{
    /// <summary>How many records are read, and written, in one transaction.</summary>
    private const int Size = 1000;

    private static readonly TableAttribute Attribute =
        typeof(T).GetCustomAttribute<TableAttribute>(inherit: false)!;

    public override string Name => Attribute.Name ?? typeof(T).Name;

    public override bool IsOnDisk => Attribute.Storage == TableStorage.Disk;

    public override Task<TableInfo> DescribeAsync(CancellationToken cancellationToken)
        => source.Tables.InfoAsync<T>(cancellationToken);

    public override async Task<long> CountTargetAsync(CancellationToken cancellationToken)
        => (await target.Tables.InfoAsync<T>(cancellationToken)).Size;

    public override async Task<long> CopyRecordsAsync(
        IProgress<long> progress, CancellationToken cancellationToken)
    {
        try
        {
            return await target.Table<T>().PutManyAsync(
                ReadAsync(source, cancellationToken), Size, progress, cancellationToken);
        }
        catch (PutManyException failure) when (failure.InnerException is MementoException reason)
        {
            throw new SiloConfigurationException(
                $"Table '{Name}' could not be copied: {reason.Message} The records before stay; "
                + "run the command again with --continue.",
                failure);
        }
    }

    public override async Task CopyRestAsync(TableInfo info, CancellationToken cancellationToken)
    {
        if (Attribute.AutoIncrement)
        {
            long given = await source.Tables.ReserveNumbersAsync<T>(0, cancellationToken);
            await target.Tables.ReserveNumbersAsync<T>(given, cancellationToken);
        }

        TableInfo copy = await target.Tables.InfoAsync<T>(cancellationToken);
        foreach (IndexInfo index in info.Indexes.Except(copy.Indexes))
        {
            await target.Tables.AddIndexAsync<T>(
                index.Properties, index.Unique, cancellationToken);
        }
    }

    public override Task<TableComparison> CompareAsync(CancellationToken cancellationToken)
        => TableComparison.MakeAsync(
            Name, ReadAsync(source, cancellationToken), ReadAsync(target, cancellationToken));

    /// <summary>
    /// All records by key, in a transaction a page: nobody changes them meanwhile.
    /// </summary>
    private static async IAsyncEnumerable<T> ReadAsync(
        IMemento memento, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            Page<T> page = await memento.TransactionAsync(
                async transaction => await transaction.Query<T>()
                    .ToPageAsync(Size, next, cancellationToken),
                options: null,
                cancellationToken);
            foreach (T record in page.Items)
                yield return record;
            next = page.Next;
        }
        while (next is not null);
    }
}
