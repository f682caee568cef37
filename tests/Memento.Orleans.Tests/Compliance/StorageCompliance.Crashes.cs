using Memento.Storage;
using static Memento.Tests.Compliance.StorageScene;

namespace Memento.Tests.Compliance;

public abstract partial class StorageCompliance<TStorage>
{
    [Theory]
    [MemberData(nameof(StorageChanges.Crashes), MemberType = typeof(StorageChanges))]
    public async Task A_crash_leaves_all_of_a_change_or_nothing_of_it(
        string change, CrashPoint point)
    {
        await Storage.CreateTableAsync("v", Token);
        await _scene.WriteAsync(Row(1, "old"), Row(2, "old"), Row(1, "old", table: "v"));
        await _scene.WriteNoteAsync("n", """{"Number":1}""");
        long owner = _scene.Epoch;
        string before = await LookAsync(Storage);
        await _place.CrashAsync(Storage, point, () => StorageChanges.All[change](_scene));
        long lastOwner = point == CrashPoint.After ? _scene.Epoch : owner;

        IJournalStorage left = New();
        await left.OpenAsync(Token);
        string found = await LookAsync(left);
        bool isIn = change switch
        {
            "raise" => await left.RaiseEpochAsync("t", 0, Token) > owner + 1,
            "decide" => point == CrashPoint.After,
            _ => found != before,
        };
        Assert.True(isIn || point != CrashPoint.After, "What was acknowledged is lost.");
        Assert.True(!isIn || point > CrashPoint.BeforeCommit, "What had not begun is there.");

        // It can be made again, and then looks as if nothing had happened.
        _scene = new StorageScene(left);
        await _scene.OwnAsync();
        Assert.True(_scene.Epoch > lastOwner, "An owner number was given twice.");
        await CheckOutcomeAsync(change, isIn);
        if (!isIn) await StorageChanges.All[change](_scene);
        Assert.Equal(StorageChanges.After(change), await LookAsync(left));
    }

    /// <summary>Everything that can be seen, in words.</summary>
    private static async Task<string> LookAsync(IJournalStorage storage)
    {
        var scene = new StorageScene(storage);
        return $"t: {await RowsOfAsync("t")}; u: {await RowsOfAsync("u")}; "
            + $"v: {await RowsOfAsync("v")}; n: {await scene.NoteAsync("n")}";

        async Task<string> RowsOfAsync(string table)
        {
            try
            {
                return string.Join(' ', await scene.RowsAsync(table));
            }
            catch (StorageException)
            {
                return "none";
            }
        }
    }

    /// <summary>An outcome is there where its rows are, and a decision stays one.</summary>
    private async Task CheckOutcomeAsync(string change, bool isIn)
    {
        if (!isIn || change is not ("write" or "decide")) return;

        Assert.Equal(
            change == "write" ? TransactionOutcome.Committed : TransactionOutcome.Aborted,
            await Storage.DecideAsync(StorageChanges.Decided, Token));
        await Assert.ThrowsAsync<OutcomeDecidedException>(
            () => _scene.WriteAsync(Deciding(StorageChanges.Decided, Row(9, "late"))));
    }
}
