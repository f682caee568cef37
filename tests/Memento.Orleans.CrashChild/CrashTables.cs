namespace Memento.CrashChild;

/// <summary>The tables and sizes that the child and its parent agree on.</summary>
public static class CrashTables
{
    public const int Accounts = 24;
    public const long InitialBalance = 1_000;

    /// <summary>Each worker has one pair of its own.</summary>
    public const int Workers = 8;

    /// <summary>How many leaves a filling has.</summary>
    public const int Leaves = 200;

    public static void AddTo(IMementoBuilder memento)
        => memento.AddTable<CrashAccount>().AddTable<CrashReceipt>()
            .AddTable<CrashLeft>().AddTable<CrashRight>().AddTable<CrashLeaf>()
            .AddTable<CrashWord>().AddTable<CrashNote>();
}
