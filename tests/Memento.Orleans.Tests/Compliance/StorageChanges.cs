using static Memento.Tests.Compliance.StorageScene;

namespace Memento.Tests.Compliance;

/// <summary>The changes that a storage makes, and what each leaves to be seen.</summary>
public static class StorageChanges
{
    /// <summary>Each change, with each point of it where the storage may crash.</summary>
    public static TheoryData<string, CrashPoint> Crashes
    {
        get
        {
            var data = new TheoryData<string, CrashPoint>();
            foreach (string change in All.Keys)
            {
                foreach (CrashPoint point in Enum.GetValues<CrashPoint>())
                    data.Add(change, point);
            }

            return data;
        }
    }

    internal static Guid Decided { get; } = new("5f4dcc3b-5aa7-4fd2-9c4c-1d2e3f405162");

    internal static Dictionary<string, Func<StorageScene, Task>> All => new()
    {
        ["write"] = static scene => scene.WriteAsync(
            scene.Entry(Row(1, "new"), Row(2, null)), Deciding(Decided, Row(3, "new"))),
        ["empty"] = static scene => scene.WriteAsync(scene.Clear(Row(4, "new"))),
        ["make"] = static scene => scene.Storage.CreateTableAsync("u", Token),
        ["drop"] = static scene => scene.Storage.DropTableAsync("v", Token),
        ["note"] = static scene => scene.WriteNoteAsync("n", """{"Number":2}"""),
        ["decide"] = static scene => scene.Storage.DecideAsync(Decided, Token),
        ["raise"] = static scene => scene.OwnAsync(),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static string After(string change) => change switch
    {
        "write" => """t: 1=new 3=new; u: none; v: 1=old; n: {"Number":1}""",
        "empty" => """t: 4=new; u: none; v: 1=old; n: {"Number":1}""",
        "make" => """t: 1=old 2=old; u: ; v: 1=old; n: {"Number":1}""",
        "drop" => """t: 1=old 2=old; u: none; v: none; n: {"Number":1}""",
        "note" => """t: 1=old 2=old; u: none; v: 1=old; n: {"Number":2}""",
        _ => """t: 1=old 2=old; u: none; v: 1=old; n: {"Number":1}""",
    };
}
