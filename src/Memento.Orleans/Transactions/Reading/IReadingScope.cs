namespace Memento.Transactions.Reading;

/// <summary>The body that a query belongs to.</summary>
internal interface IReadingScope
{
    /// <summary>Runs queries, as long as the body does.</summary>
    QueryRunner Queries { get; }

    /// <summary>Reads pages, as long as the body runs.</summary>
    PageReader Pages { get; }
}
