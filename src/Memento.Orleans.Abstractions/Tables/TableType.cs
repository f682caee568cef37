namespace Memento;

/// <summary>How a table keeps its records.</summary>
public enum TableType
{
    /// <summary>One record for each key, in no order.</summary>
    Set = 0,

    /// <summary>One record for each key, in the order of the keys.</summary>
    OrderedSet = 1,

    /// <summary>Any number of different records for each key.</summary>
    Bag = 2,
}
