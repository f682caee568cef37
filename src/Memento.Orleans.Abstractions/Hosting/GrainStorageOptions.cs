namespace Memento;

/// <summary>The options of the storage on a grain storage of Orleans.</summary>
public sealed class GrainStorageOptions
{
    /// <summary>
    /// The name of the store in the grain storage, which is the name of each of its states:
    /// <c>memento</c> by default. Two stores in one grain storage need two names. Not empty.
    /// </summary>
    public string StoreName { get; set; } = "memento";

    /// <summary>
    /// The most bytes that a state has, before the provider's own format: from 4,096 to
    /// 16,777,216; 49,152 by default, which all known providers take.
    /// </summary>
    public int MaxStateBytes { get; set; } = 48 << 10;

    /// <summary>
    /// How many bytes the log has before a checkpoint is made, at least: from 65,536; 16 MB by
    /// default. A start reads that much, and the memory holds it. Where the tables are more than
    /// four times larger, it is a quarter of their size.
    /// </summary>
    public long CheckpointBytes { get; set; } = 16 << 20;

    /// <summary>
    /// Says of an exception of the provider whether it is an answer of its storage, such as "out of
    /// room", so that nothing of the write comes later; null by default. The answers of PostgreSQL,
    /// SQLite and Redis are known without it. Any other exception is taken for a lost answer:
    /// nothing is written until the storage has been asked what it has.
    /// </summary>
    public Func<Exception, bool>? IsRefusal { get; set; }
}
