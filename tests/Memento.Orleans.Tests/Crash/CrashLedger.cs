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

    /// <summary>Nothing acknowledged is missing, and nothing is there by half.</summary>
    public void Check(CrashState state)
    {
        CheckWhole(state);
        Assert.Equal([], Lost(state));
    }

    /// <summary>Nothing is there by half, whatever was acknowledged.</summary>
    public static void CheckWhole(CrashState state)
    {
        Assert.Equal(
            state.Receipts.Count, state.Receipts.Select(each => each.Token).Distinct().Count());
        CheckBalances(state);
        Assert.Equal(
            state.Left.OrderBy(each => each.Id).Select(each => (each.Id, each.Value)),
            state.Right.OrderBy(each => each.Id).Select(each => (each.Id, each.Value)));
        Assert.Equal(
            state.Accounts.Where(each => each.Card is not null)
                .Select(each => (each.Card!, each.Id)).Order(),
            state.Cards.Order());
        if (state.Leaves.Count == 0) return;
        Assert.Equal(CrashTables.Leaves, state.Leaves.Count);
        Assert.Single(state.Leaves.Select(each => each.Filling).Distinct());
    }

    /// <summary>What was acknowledged and is not there.</summary>
    public string[] Lost(CrashState state)
    {
        Dictionary<long, CrashReceipt> receipts = state.Receipts.ToDictionary(each => each.Id);
        Dictionary<int, long> pairs = state.Left.ToDictionary(each => each.Id, each => each.Value);
        IEnumerable<string> lost = _receipts.Values
            .Where(each => receipts.GetValueOrDefault(each.Id) != each)
            .Select(each => $"{each}")

            // Newer than acknowledged is right: its acknowledgement was killed.
            .Concat(_pairs
                .Where(each => pairs.GetValueOrDefault(each.Key) < each.Value)
                .Select(each =>
                    $"Pair {each.Key}: {each.Value}, not {pairs.GetValueOrDefault(each.Key)}"));

        // Cleared without an acknowledgement, or filled again: both are right.
        long filling = state.Leaves.Select(each => each.Filling).DefaultIfEmpty().First();
        return filling == 0 || (filling >= _filled && filling > _cleared)
            ? [.. lost]
            : [.. lost, $"Filling {filling} is there; {_filled} filled, {_cleared} cleared."];
    }

    /// <summary>
    /// What is there is a beginning: of a worker's transfers, those before one that is there are
    /// there too.
    /// </summary>
    public void CheckOrder(CrashState state)
    {
        Dictionary<string, long> last = state.Receipts.Select(Attempt)
            .GroupBy(static each => each.Worker)
            .ToDictionary(
                static worker => worker.Key, static worker => worker.Max(each => each.Sequence));
        var there = state.Receipts.Select(static each => each.Token).ToHashSet();
        Assert.DoesNotContain(
            _receipts.Values.Where(each => !there.Contains(each.Token)).Select(Attempt),
            each => last.TryGetValue(each.Worker, out long latest) && each.Sequence < latest);
    }

    private static (string Worker, long Sequence) Attempt(CrashReceipt receipt)
    {
        int end = receipt.Token.LastIndexOf('-');
        return (receipt.Token[..end], Number(receipt.Token[(end + 1)..]));
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

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
