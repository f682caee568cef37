namespace Memento.Tests.Chaos;

/// <summary>How a transfer over wallets and tills is begun.</summary>
internal enum MoveWay
{
    /// <summary>By a body in a client.</summary>
    Body = 0,

    /// <summary>By a body in a silo.</summary>
    SiloBody = 1,

    /// <summary>By a transactional method that a client calls.</summary>
    Method = 2,

    /// <summary>By a transactional method that a grain calls.</summary>
    SiloMethod = 3,

    /// <summary>By a client that has Orleans alone, whose own agent ends it.</summary>
    OtherClient = 4,
}
