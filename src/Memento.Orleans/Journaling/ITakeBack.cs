namespace Memento.Journaling;

/// <summary>What a commit changed in a partition's memory, and the journal may have to take back.</summary>
internal interface ITakeBack
{
    /// <summary>The table of the partition.</summary>
    string Table { get; }

    /// <summary>The partition.</summary>
    int Number { get; }

    /// <summary>Whether the durable storage has the partition's records too.</summary>
    bool IsStored { get; }

    /// <summary>Takes the commit back; later ones have been taken back before.</summary>
    void TakeBack();

    /// <summary>Drops the partition from memory, which may not be what is stored.</summary>
    void Discard();
}
