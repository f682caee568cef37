using Memento.Messages;

namespace Memento.Catalog;

/// <summary>The silos of the cluster, each with its copy of the catalog.</summary>
internal interface ICatalogPeers
{
    /// <summary>Whether the membership says that a silo has ended.</summary>
    bool IsDead(SiloAddress silo);

    /// <summary>
    /// Gives an image to all silos; ends when each has it or has ended, those that joined meanwhile
    /// too. Returns what some of them cannot use.
    /// </summary>
    Task<IReadOnlyList<string>> TellAsync(CatalogImage image);

    /// <summary>The images of all silos; null for one that has none yet.</summary>
    Task<IReadOnlyList<(SiloAddress Silo, CatalogImage? Image)>> AskAsync();
}
