using Memento;
using Movies.Output;

namespace Movies.Chapters;

/// <summary>A part of the walk. Run any number of times, it leaves the store the same.</summary>
internal interface IChapter
{
    string Title { get; }

    Task RunAsync(IMemento memento, Narrator narrator, CancellationToken cancellationToken);
}
