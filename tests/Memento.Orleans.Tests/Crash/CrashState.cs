using Memento.CrashChild;
using Memento.Journaling;
using Memento.Keys;
using Memento.Storage;
using Memento.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Crash;

/// <summary>All that a store has after a crash.</summary>
internal sealed record CrashState
{
    public required IReadOnlyList<CrashAccount> Accounts { get; init; }

    public required IReadOnlyList<CrashReceipt> Receipts { get; init; }

    public required IReadOnlyList<CrashLeft> Left { get; init; }

    public required IReadOnlyList<CrashRight> Right { get; init; }

    public required IReadOnlyList<CrashLeaf> Leaves { get; init; }

    /// <summary>The entries of the unique index as they are stored.</summary>
    public required IReadOnlyList<(string Card, int Account)> Cards { get; init; }

    /// <summary>The number that a record gets now.</summary>
    public required long NextNumber { get; init; }

    /// <summary>Opens the store in this process and reads everything.</summary>
    public static async Task<CrashState> ReadAsync(string storage, string place)
    {
        await using MementoHost host = await CrashStorage.StartAsync(storage, place);
        return await ReadAsync(host);
    }

    /// <summary>Reads everything from a store that runs.</summary>
    public static async Task<CrashState> ReadAsync(MementoHost host)
    {
        CrashState state = await host.Memento.TransactionAsync(async tx => new CrashState
        {
            Accounts = await tx.AllAsync<CrashAccount>(),
            Receipts = await tx.AllAsync<CrashReceipt>(),
            Left = await tx.AllAsync<CrashLeft>(),
            Right = await tx.AllAsync<CrashRight>(),
            Leaves = await tx.AllAsync<CrashLeaf>(),
            Cards = await ReadCardsAsync(host),
            NextNumber = 0,
        });

        // Undone again, so that the balances still are the sum of the receipts.
        TransactionResult<long> probe = await host.Memento.TryTransactionAsync<long>(async tx =>
        {
            CrashReceipt written = await tx.WriteAsync(new CrashReceipt { Token = "probe" });
            tx.Abort($"{written.Id}");
            return 0;
        });
        return state with
        {
            NextNumber = long.Parse(
                probe.Reason!, System.Globalization.CultureInfo.InvariantCulture),
        };
    }

    /// <summary>What a store has in memory is what another one loads.</summary>
    public void CheckSame(CrashState other)
    {
        Assert.Equal(
            Accounts.OrderBy(static each => each.Id),
            other.Accounts.OrderBy(static each => each.Id));
        Assert.Equal(
            Receipts.OrderBy(static each => each.Id),
            other.Receipts.OrderBy(static each => each.Id));
        Assert.Equal(
            Left.OrderBy(static each => each.Id), other.Left.OrderBy(static each => each.Id));
        Assert.Equal(
            Right.OrderBy(static each => each.Id), other.Right.OrderBy(static each => each.Id));
        Assert.Equal(
            Leaves.OrderBy(static each => each.Id), other.Leaves.OrderBy(static each => each.Id));
        Assert.Equal(Cards.Order(), other.Cards.Order());
    }

    private static async Task<List<(string Card, int Account)>> ReadCardsAsync(MementoHost host)
    {
        TableDefinition table =
            host.Services.GetRequiredService<TableRegistry>().Get(nameof(CrashAccount));
        IJournalStorage storage = host.Services.GetRequiredService<DurableStorage>().Journal!;
        KeyCodec values = KeyCodec.Create(table.Name, table.UniqueIndexes[0].Parts);
        var cards = new List<(string, int)>();
        for (int partition = 0; partition < table.PartitionCount; partition++)
        {
            await foreach (StoredRow row in storage.LoadAsync(
                table.StorageName(KeySpace.ValuesOf(0)), partition, CancellationToken.None))
            {
                byte[] owner = UniqueEntry.FromDocument(row.Document);
                cards.Add((
                    (string)values.Decode(row.Key),
                    (int)table.KeyCodec.Decode(new Key(owner))));
            }
        }

        return cards;
    }
}
