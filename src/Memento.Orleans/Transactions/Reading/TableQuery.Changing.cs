using Memento.Keys;
using Memento.Queries.Evaluation;
using Memento.Queries.Orders;

namespace Memento.Transactions.Reading;

/// <content>Changing what it finds.</content>
internal sealed partial class TableQuery<T>
{
    /// <summary>The same query in a body.</summary>
    public TableQuery<T> In(IRecordReader reader) => new((IReadingScope)reader, shape, order);

    /// <summary>Refuses a query whose results cannot be changed in batches.</summary>
    /// <exception cref="QueryNotSupportedException">It has an order or a window.</exception>
    public void RequireBatches(string call)
    {
        ThrowIfWindowed(call);
        if (order.Count == 0) return;

        throw new QueryNotSupportedException(
            $"{call} after an order",
            "It goes from batch to batch along the key, so that it ends whatever it changes. Leave "
            + "the order out.");
    }

    /// <summary>Finds the next results along the key, locks and changes them.</summary>
    /// <param name="size">
    /// How many results, at the most; of a bag a few more, so that no key is cut in two: a changed
    /// record comes last among those of its key, and would come again.
    /// </param>
    /// <param name="after">Where the batch before it has ended; null: the beginning.</param>
    /// <param name="change">Makes the new records; null: they are deleted.</param>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    public async ValueTask<Batch> ChangeNextAsync(
        int size, byte[]? after, Func<T, T?>? change, CancellationToken cancellationToken)
    {
        ITransaction transaction = (ITransaction)scope;
        QueryShape byKey = shape with { Order = RecordOrder.ByKey(isDescending: false) };
        (List<T> found, byte[]? last) = await scope.Queries.ClaimPageAsync<T>(
            byKey, size, after, cancellationToken);
        if (found.Count == 0) return new Batch(Found: 0, Changed: 0, LastKey: null, After: null);

        Key key = shape.Table.KeyOf(found[^1]);
        object lastKey = shape.Table.KeyValueOf(found[^1]);
        if (last is not null && shape.Table.Type == TableType.Bag)
        {
            Func<T, bool> isWanted = GuardCompiler.Compile<T>(shape.Table, shape.Where);
            found.RemoveAll(record => shape.Table.KeyOf(record) == key);
            found.AddRange((await transaction.ReadAllAsync<T>(
                lastKey, LockMode.Write, cancellationToken)).Where(isWanted));
            last = KeyBytes.WithSuffix(key, ulong.MaxValue).Bytes;
        }

        long changed = change is null
            ? await DeleteEachAsync(transaction, found, cancellationToken)
            : await ChangeEachAsync(transaction, found, change, cancellationToken);
        return new Batch(found.Count, changed, lastKey, last);
    }

    private async ValueTask<long> DeleteEachAsync(
        ITransaction transaction, List<T> found, CancellationToken cancellationToken)
    {
        foreach (T record in found)
        {
            if (shape.Table.Type == TableType.Bag)
            {
                await transaction.DeleteRecordAsync(record, cancellationToken)
                    .ConfigureAwait(false);
            }
            else
            {
                await transaction.DeleteAsync<T>(
                    shape.Table.KeyValueOf(record), cancellationToken).ConfigureAwait(false);
            }
        }

        return found.Count;
    }

    private async ValueTask<long> ChangeEachAsync(
        ITransaction transaction,
        List<T> found,
        Func<T, T?> change,
        CancellationToken cancellationToken)
    {
        long changed = 0;
        foreach (T record in found)
        {
            // The caller may change the record that it is given.
            Key key = shape.Table.KeyOf(record);
            T? old = shape.Table.Type == TableType.Bag ? (T)shape.Table.Copy(record) : null;
            if (change(record) is not { } next) continue;

            ChangeErrors.ThrowIfOtherKey(shape.Table, key, next);
            if (old is not null) await transaction.DeleteRecordAsync(old, cancellationToken);
            await transaction.WriteAsync(next, cancellationToken: cancellationToken);
            changed++;
        }

        return changed;
    }
}

/// <summary>A batch of the results of a query that was changed.</summary>
/// <param name="Found">How many results it had.</param>
/// <param name="Changed">How many of them were changed or deleted.</param>
/// <param name="LastKey">The key of the last result; null: there was none.</param>
/// <param name="After">Where the next batch begins; null: there is no other.</param>
internal sealed record Batch(long Found, long Changed, object? LastKey, byte[]? After);

/// <summary>The errors of calls that make a transaction of each batch.</summary>
internal static class BatchErrors
{
    public static MementoException InTransaction(string call)
        => new(
            $"{call} makes a transaction of each batch and cannot be a part of one. Call it on "
            + "memento.Table<T>() outside the body. In a body there are WriteAsync, and "
            + "DeleteAsync and UpdateAsync of a query.");
}
