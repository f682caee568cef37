namespace Memento.Tables.Documents;

/// <summary>What it takes to give a record away without giving the store away.</summary>
internal enum CopyMode
{
    /// <summary>Nothing can change the record: it is shared.</summary>
    Share,

    /// <summary>
    /// Its fields can be set, but nothing they hold can change: a copy of the fields.
    /// </summary>
    Shallow,

    /// <summary>It holds what can change: a copy by way of its document.</summary>
    Deep,
}
