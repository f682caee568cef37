using System.Linq.Expressions;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions.Operations;
using Memento.Queries.Orders;
using Memento.Tables;
using Memento.Transactions;

namespace Memento.Catalog;

/// <summary>Makes, removes and describes tables through the catalog and the index grains.</summary>
internal sealed class TableAdministration(
    TableRegistry tables,
    CurrentTransaction current,
    TransactionRunner runner,
    IPartitions partitions,
    StoreLifetime lifetime,
    IGrainFactory grains,
    TimeProvider time) : ITables
{
    /// <summary>The pause between two questions whether tables are ready.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private ICatalogGrain Catalog => grains.GetGrain<ICatalogGrain>(CatalogGrain.Key);

    public async Task CreateAsync<T>(CancellationToken cancellationToken = default)
        where T : class
    {
        TableDefinition table = Use<T>();
        if (await IsBeingDeletedAsync(table, cancellationToken))
            await lifetime.AskAsync(() => DeleteAsync(table), CancellationToken.None);
        if (!await lifetime.AskAsync(
            () => Catalog.CreateAsync(table.ToSchema()), cancellationToken))
        {
            throw new TableExistsException(
                $"Table '{table.Name}' exists. Delete it first, or use it as it is.");
        }
    }

    public async Task DeleteAsync<T>(CancellationToken cancellationToken = default)
        where T : class
    {
        TableDefinition table = Use<T>();

        // Running transactions may finish. Later ones find the table gone; if an earlier call
        // failed half way, all do.
        if (!await IsBeingDeletedAsync(table, cancellationToken))
            await LockAndDoAsync<T>(static _ => Task.CompletedTask, cancellationToken);
        if (!await lifetime.AskAsync(() => DeleteAsync(table), CancellationToken.None))
            throw CatalogGrain.NotFound(table.Name);
    }

    public Task ClearAsync<T>(CancellationToken cancellationToken = default)
        where T : class
    {
        TableDefinition table = Use<T>();
        return LockAndDoAsync<T>(
            async transaction => await ((TransactionScope)transaction).Sender.SendToAllAsync(
                table, new ClearOperation(), cancellationToken),
            cancellationToken);
    }

    public async Task<TableInfo> InfoAsync<T>(CancellationToken cancellationToken = default)
        where T : class
    {
        TableDefinition table = Use<T>();
        OpenResponse[] opened = await OpenAllAsync(table, cancellationToken);
        if (opened.FirstOrDefault(static each => each.Error is not null) is { } failed)
            throw failed.Error!;

        List<IndexInfo> indexes = await lifetime.AskAsync(
            () => Catalog.IndexesAsync(table.Name), cancellationToken)
            ?? throw CatalogGrain.NotFound(table.Name);
        PartitionInfo[] infos = [.. opened.Select(static each => each.Info!)];
        return new TableInfo
        {
            Name = table.Name,
            Type = table.Type,
            Storage = table.Storage,
            Attributes = [.. table.Properties.Select(static property => property.Name)],
            Indexes = indexes,
            Size = infos.Sum(static each => each.Size),
            Memory = infos.Sum(static each => each.Memory),
            Partitions = infos,
            Unreadable = infos.Sum(static each => each.Unreadable),
            LostAt = infos.Max(static each => each.LostAt),
        };
    }

    public async Task<IReadOnlyList<string>> ListAsync(
        CancellationToken cancellationToken = default)
    {
        ThrowIfInTransaction();
        return await lifetime.AskAsync(() => Catalog.ListAsync(), cancellationToken);
    }

    public Task WaitAsync(TimeSpan timeout, params Type[] types)
        => WaitAsync(timeout, types, CancellationToken.None);

    public async Task WaitAsync(
        TimeSpan timeout, IReadOnlyCollection<Type> types, CancellationToken cancellationToken)
    {
        ThrowIfInTransaction();
        TableDefinition[] waited = types.Count == 0
            ? [.. tables.Tables]
            : [.. types.Select(tables.Get)];
        long started = time.GetTimestamp();
        foreach (TableDefinition table in waited)
        {
            while (await WhyNotReadyAsync(table, cancellationToken) is { } reason)
            {
                if (time.GetElapsedTime(started) >= timeout)
                {
                    throw new TimeoutException(
                        $"Table '{table.Name}' was not ready within {timeout}: {reason}");
                }

                await Task.Delay(Interval, time, cancellationToken);
            }
        }
    }

    public Task AddIndexAsync<T>(
        string property, bool unique = false, CancellationToken cancellationToken = default)
        where T : class
        => AddIndexAsync<T>([property], unique, cancellationToken);

    public Task AddIndexAsync<T>(
        Expression<Func<T, object?>> property,
        bool unique = false,
        CancellationToken cancellationToken = default)
        where T : class
        => AddIndexAsync<T>([PropertyOf(property)], unique, cancellationToken);

    public async Task AddIndexAsync<T>(
        IReadOnlyList<string> properties,
        bool unique = false,
        CancellationToken cancellationToken = default)
        where T : class
    {
        TableDefinition table = Use<T>();
        var index = new IndexInfo(properties, unique);
        Learn(table, await lifetime.AskAsync(
            () => IndexesOf(table).AddAsync(index), cancellationToken));
    }

    public Task RemoveIndexAsync<T>(string property, CancellationToken cancellationToken = default)
        where T : class
        => RemoveIndexAsync<T>([property], cancellationToken);

    public Task RemoveIndexAsync<T>(
        Expression<Func<T, object?>> property, CancellationToken cancellationToken = default)
        where T : class
        => RemoveIndexAsync<T>([PropertyOf(property)], cancellationToken);

    public async Task RemoveIndexAsync<T>(
        IReadOnlyList<string> properties, CancellationToken cancellationToken = default)
        where T : class
    {
        TableDefinition table = Use<T>();
        Learn(table, await lifetime.AskAsync(
            () => IndexesOf(table).RemoveAsync(properties), cancellationToken));
    }

    public async Task<long> ReserveNumbersAsync<T>(
        long number, CancellationToken cancellationToken = default)
        where T : class
    {
        TableDefinition table = Use<T>();
        if (!table.AutoIncrement)
        {
            throw new ArgumentException(
                $"Table '{table.Name}' does not number its records. Reserve numbers in a table "
                + "with AutoIncrement.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, table.HighestNumber);
        return await lifetime.AskAsync(
            () => grains.GetGrain<INumberGrain>(table.Name).ReserveAsync(number),
            cancellationToken);
    }

    private ITableIndexGrain IndexesOf(TableDefinition table)
        => grains.GetGrain<ITableIndexGrain>(table.Name);

    /// <summary>A silo has heard of them from the catalog.</summary>
    private void Learn(TableDefinition table, KnownIndexes known)
    {
        if (!partitions.ShareMemory) table.LearnIndexes(known.Version, known.Indexes);
    }

    private static string PropertyOf<T>(Expression<Func<T, object?>> property)
    {
        ArgumentNullException.ThrowIfNull(property);
        return OrderPath.Of(property);
    }

    private async Task<string?> WhyNotReadyAsync(
        TableDefinition table, CancellationToken cancellationToken)
    {
        try
        {
            OpenResponse[] opened = await OpenAllAsync(table, cancellationToken);
            return opened.FirstOrDefault(static each => each.Error is not null)?.Error?.Message;
        }
        catch (StoreUnavailableException error)
        {
            return error.Message;
        }
    }

    /// <exception cref="MementoException">The silos registered the table otherwise.</exception>
    private async Task<OpenResponse[]> OpenAllAsync(
        TableDefinition table, CancellationToken cancellationToken)
    {
        OpenResponse[] opened = await lifetime.AskAsync(
            () => Task.WhenAll(Partitions(table).Select(
                partition => partition.OpenAsync(time, cancellationToken))),
            cancellationToken);
        foreach (OpenResponse each in opened)
            each.Registration?.Require(table.Name, table.Registration);
        return opened;
    }

    private Task<bool> IsBeingDeletedAsync(
        TableDefinition table, CancellationToken cancellationToken)
        => lifetime.AskAsync(() => Catalog.IsBeingDeletedAsync(table.Name), cancellationToken);

    /// <summary>
    /// Deletes a table, or finishes the deletion of an earlier call; false if it is absent.
    /// </summary>
    private async Task<bool> DeleteAsync(TableDefinition table)
    {
        if (!await BeginDeleteAsync(table)) return false;

        await Task.WhenAll(Partitions(table).Select(static partition => partition.DropAsync()));
        await Catalog.CompleteDeleteAsync(table.Name);
        return true;
    }

    /// <summary>
    /// Begins to delete a table. If the storage refuses the write, it may have kept it all the
    /// same. Then a later start would delete records that were written meanwhile, so this is found
    /// out at once.
    /// </summary>
    private async Task<bool> BeginDeleteAsync(TableDefinition table)
    {
        try
        {
            return await Catalog.BeginDeleteAsync(table.Name);
        }
        catch (Exception)
        {
            await Task.WhenAll(
                Partitions(table).Select(static partition => partition.ReloadAsync()));
            if (!await Catalog.IsBeingDeletedAsync(table.Name)) throw;
            return true;
        }
    }

    private Task<TransactionResult<bool>> LockAndDoAsync<T>(
        Func<ITransaction, Task> action, CancellationToken cancellationToken)
        where T : class
        => runner.RunAsync(
            async transaction =>
            {
                await transaction.LockTableAsync<T>(LockMode.Write, cancellationToken);
                await action(transaction);
                return true;
            },
            options: null,
            cancellationToken);

    private IEnumerable<IIndexGrain> Partitions(TableDefinition table)
        => Enumerable.Range(0, table.PartitionCount).Select(number =>
            grains.GetGrain<IIndexGrain>(IndexGrainKey.Of(table.Name, number)));

    private TableDefinition Use<T>()
    {
        ThrowIfInTransaction();
        return tables.Get(typeof(T));
    }

    private void ThrowIfInTransaction()
    {
        lifetime.ThrowIfNotRunning();
        if (current.Find() is null) return;

        throw new MementoException(
            "Tables cannot be made, removed or described inside a transaction, because that is not "
            + "transactional. Call memento.Tables outside the body.");
    }
}
