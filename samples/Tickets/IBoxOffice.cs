namespace Tickets;

/// <summary>The box office of a show, which is its key.</summary>
public interface IBoxOffice : IGrainWithStringKey
{
    /// <summary>Opens the sale.</summary>
    Task OpenAsync(int seats);

    /// <summary>How many seats are free.</summary>
    Task<int> LookAsync();

    /// <summary>
    /// Sells seats. The same order again sells nothing, and gets the same answer.
    /// </summary>
    Task<Sale> SellAsync(Guid order, string customer, int seats);
}

/// <summary>The answer to an order.</summary>
/// <param name="IsSold">Whether the customer has the seats.</param>
/// <param name="Reason">Why not.</param>
[GenerateSerializer]
public sealed record Sale([property: Id(0)] bool IsSold, [property: Id(1)] string? Reason);
