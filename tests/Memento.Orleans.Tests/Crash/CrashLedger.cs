using System.Globalization;
using Memento.CrashChild;

namespace Memento.Tests.Crash;

/// <summary>
/// The acknowledgements of the child processes over all rounds, and the records that must be stored
/// then.
/// </summary>
internal sealed class CrashLedger
{
    private readonly Dictionary<long, CrashReceipt> _receipts = [];
    private readonly Dictionary<int, long> _pairs = [];

    private long _filled;
    private long _cleared;

    public int Transfers => _receipts.Count;

    public int Pairs { get; private set; }

    /// <summary>Takes a line of a child.</summary>
    public void Take(string line)
    {
        string[] words = line.Split(' ');
        switch (words[0])
        {
            case "starting" or "ready":
                break;
            case "transfer":
                long id = Number(words[1]);
                Assert.True(
                    _receipts.TryAdd(id, new CrashReceipt
                    {
                        Id = id,
                        From = (int)Number(words[2]),
                        To = (int)Number(words[3]),
                        Amount = Number(words[4]),
                        Token = words[5],
                    }),
                    $"Number {id} was given twice.");
                break;
            case "pair":
                Pairs++;
                _pairs[(int)Number(words[1])] = Number(words[2]);
                break;
            case "filled":
                _filled = Number(words[1]);
                break;
            case "cleared":
                _cleared = Number(words[1]);
                break;
            default:
                Assert.Fail($"The child said: {line}");
                break;
        }
    }

    public void Check(CrashState state)
    {
        CheckReceipts(state);
        CheckBalances(state);
        CheckPairs(state);
        CheckCards(state);
        CheckLeaves(state);
    }

    private void CheckReceipts(CrashState state)
    {
        Dictionary<long, CrashReceipt> stored = state.Receipts.ToDictionary(each => each.Id);
        foreach (CrashReceipt acknowledged in _receipts.Values)
        {
            Assert.True(
                stored.TryGetValue(acknowledged.Id, out CrashReceipt? found),
                $"{acknowledged} was acknowledged and is lost.");
            Assert.Equal(acknowledged, found);
        }

        Assert.Equal(stored.Count, stored.Values.Select(each => each.Token).Distinct().Count());
    }

    private static void CheckBalances(CrashState state)
    {
        if (state.Accounts.Count == 0)
        {
            // Killed before the first transaction was through.
            Assert.Empty(state.Receipts);
            return;
        }

        long[] expected = new long[CrashTables.Accounts];
        Array.Fill(expected, CrashTables.InitialBalance);
        foreach (CrashReceipt receipt in state.Receipts)
        {
            expected[receipt.From] -= receipt.Amount;
            expected[receipt.To] += receipt.Amount;
        }

        Assert.Equal(
            expected, state.Accounts.OrderBy(each => each.Id).Select(each => each.Balance));
    }

    private void CheckPairs(CrashState state)
    {
        Assert.Equal(
            state.Left.OrderBy(each => each.Id).Select(each => (each.Id, each.Value)),
            state.Right.OrderBy(each => each.Id).Select(each => (each.Id, each.Value)));
        Dictionary<int, long> stored = state.Left.ToDictionary(each => each.Id, each => each.Value);
        foreach ((int worker, long value) in _pairs)
        {
            // Newer than acknowledged is right: its acknowledgement was killed.
            Assert.True(
                stored.GetValueOrDefault(worker) >= value,
                $"Pair {worker} had {value} and is back at {stored.GetValueOrDefault(worker)}.");
        }
    }

    private static void CheckCards(CrashState state)
        => Assert.Equal(
            state.Accounts.Where(each => each.Card is not null)
                .Select(each => (each.Card!, each.Id)).Order(),
            state.Cards.Order());

    private void CheckLeaves(CrashState state)
    {
        // Cleared without an acknowledgement, or filled again: both are right, half of either is
        // not.
        if (state.Leaves.Count == 0) return;
        Assert.Equal(CrashTables.Leaves, state.Leaves.Count);
        long filling = Assert.Single(state.Leaves.Select(each => each.Filling).Distinct());
        Assert.True(
            filling >= _filled && filling > _cleared,
            $"Filling {filling} is there; {_filled} was filled and {_cleared} cleared.");
    }

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
